package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
)

const appWorker = `import { createApp } from "@dock2edge/runtime";
import image from "dock2edge:image";
import { config } from "./config.ts";

const app = createApp(config, image);
%s
/** What the other Workers of the project reach. */
export const Internal = app.Internal;

/** What the outside reaches. */
export default app.worker;
`

const appObject = `
/** The app's process: one object, as the container was one. */
export const App = app.DurableObject;
`

const gatewayWorker = `import files from "dock2edge:files";
import { createGateway } from "@dock2edge/runtime/gateway";
import { config } from "./config.ts";

const gateway = createGateway(config, files);

/** What the other services of the project reach, each by the port it dials. */
export const Internal = gateway.internal;

/** What the outside reaches. */
export default gateway;
`

// sources are the TypeScript files of one Worker by name.
func sources(p *model.Plan, sp *model.ServicePlan) map[string]string {
	if sp.Server != "" {
		return serverSources(sp)
	}
	if sp.Target == model.TargetGateway {
		return map[string]string{
			"worker.ts": gatewayWorker,
			"config.ts": configModule("GatewayConfig", "@dock2edge/runtime/gateway", gatewayConfig(sp)),
		}
	}
	object := ""
	if sp.Target == model.TargetDurableObject {
		object = appObject
	}
	return map[string]string{
		"worker.ts": fmt.Sprintf(appWorker, object),
		"config.ts": configModule("AppConfig", "@dock2edge/runtime", appConfig(p, sp)),
	}
}

// appConfiguration mirrors AppConfig of the runtime.
type appConfiguration struct {
	Name           string             `json:"name"`
	Host           string             `json:"host"`
	Hostname       string             `json:"hostname"`
	Image          appImage           `json:"image"`
	Port           *int               `json:"port"`
	Peers          map[string]appPeer `json:"peers"`
	Volumes        []appVolume        `json:"volumes"`
	SecretFiles    []appSecretFile    `json:"secretFiles"`
	Startup        appStartup         `json:"startup"`
	CodeGeneration bool               `json:"codeGeneration"`
	Transport      string             `json:"transport"`
}

type appImage struct {
	Workdir  string   `json:"workdir"`
	Entry    string   `json:"entry"`
	Argv     []string `json:"argv"`
	ExecArgv []string `json:"execArgv"`
	User     string   `json:"user"`
}

type appPeer struct {
	Kind     string `json:"kind"`
	Binding  string `json:"binding,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	Address  string `json:"address,omitempty"`
}

type appVolume struct {
	Path string `json:"path"`
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
}

type appSecretFile struct {
	Path     string `json:"path"`
	Variable string `json:"variable"`
}

type appStartup struct {
	TimeoutMs int `json:"timeoutMs"`
	QuietMs   int `json:"quietMs"`
}

func appConfig(p *model.Plan, sp *model.ServicePlan) appConfiguration {
	service := sp.Service
	entry := service.Entry
	c := appConfiguration{
		Name: service.Name, Host: "worker", Hostname: firstNonEmpty(service.Hostname, service.ContainerName, service.Name),
		Image: appImage{
			Workdir: sp.Recipe.Node.Workdir, Entry: sp.Recipe.Node.Entry, Argv: append([]string{"/usr/local/bin/node", sp.Recipe.Node.Entry}, arguments(entry)...),
			ExecArgv: nonNil(entry.NodeArgs), User: user(service),
		},
		Peers: map[string]appPeer{}, Volumes: []appVolume{}, SecretFiles: []appSecretFile{},
		Startup:        appStartup{TimeoutMs: 30000, QuietMs: 60},
		CodeGeneration: generatesCode(sp), Transport: p.Options.Transport,
	}
	if sp.Target == model.TargetDurableObject {
		c.Host = "durable-object"
	}
	if sp.Port != 0 {
		c.Port = &sp.Port
	}
	for _, peer := range sp.Peers {
		out := appPeer{Kind: string(peer.Kind), Binding: peer.Binding, Protocol: peer.Protocol}
		if peer.Kind == model.PeerExternal {
			out = appPeer{Kind: string(peer.Kind), Address: peer.Binding}
		}
		c.Peers[peer.Name] = out
	}
	for _, v := range sp.Volumes {
		c.Volumes = append(c.Volumes, appVolume{Path: v.Path, Kind: v.Kind, Name: v.Name})
	}
	for _, f := range sp.SecretFiles {
		c.SecretFiles = append(c.SecretFiles, appSecretFile(f))
	}
	return c
}

// secretMark encloses the name of a required secret in a text of the configuration.
const secretMark = "\x00"

// arguments are the program's arguments with marks in place of credentials.
func arguments(entry *model.Entry) []string {
	args := slices.Clone(entry.Args)
	for _, arg := range entry.SecretArgs {
		args[arg.Index] = arg.Prefix + secretMark + plan.ArgVariable(arg) + secretMark
	}
	return args
}

func generatesCode(sp *model.ServicePlan) bool {
	for _, f := range sp.Findings {
		for _, n := range f.Needs {
			if n.Kind == model.NeedCodeGeneration {
				return true
			}
		}
	}
	return false
}

func user(service *model.Service) string {
	if service.User != "" {
		return service.User
	}
	if service.Image != nil && service.Image.Target != nil && service.Image.Target.User != "" {
		return service.Image.Target.User
	}
	return "root"
}

// gatewayConfig is the translated web server with the bindings of its upstreams.
func gatewayConfig(sp *model.ServicePlan) any {
	data, err := json.Marshal(sp.Service.WebServer.Config)
	if err != nil {
		return nil
	}
	// Raw values keep the order of their keys, which is that of an nginx file.
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return nil
	}
	config := map[string]any{}
	for name, part := range parts {
		config[name] = part
	}
	peers := map[string]any{}
	for _, peer := range sp.Peers {
		switch peer.Kind {
		case model.PeerSelf:
			peers[peer.Name] = map[string]any{"self": true}
		case model.PeerApp:
			peers[peer.Name] = map[string]any{"binding": peer.Binding}
		case model.PeerExternal:
			peers[peer.Name] = map[string]any{"address": peer.Binding}
		}
	}
	config["peers"] = peers
	if len(sp.SecretFiles) > 0 {
		secrets := map[string]string{}
		for _, f := range sp.SecretFiles {
			secrets[f.Path] = f.Variable
		}
		config["secretFiles"] = secrets
	}
	if root := sp.Recipe.Static.Root; root != "/" {
		config["files"] = []any{map[string]any{"path": root, "assets": "/"}}
	}
	return config
}

// markedSecret is a JSON text that ends in a secret's mark.
var markedSecret = regexp.MustCompile(`"((?:[^"\\]|\\[^u]|\\u[^0])*)\\u0000([A-Z0-9_]+)\\u0000"`)

const secretsImport = `import { env } from "cloudflare:workers";
`

const secretsDeclaration = `/** Required secrets that the program gets as arguments. */
const secrets = env as unknown as Record<string, string>;

`

var quotedKey = regexp.MustCompile(`(?m)^(\s*)"([A-Za-z_$][A-Za-z0-9_$]*)": `)

// configModule writes config.ts.
func configModule(typeName, module string, value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return ""
	}
	literal := quotedKey.ReplaceAllString(strings.TrimSpace(text.String()), "$1$2: ")
	imports, declarations := "", ""
	if markedSecret.MatchString(literal) {
		imports, declarations = secretsImport, secretsDeclaration
		literal = strings.ReplaceAll(markedSecret.ReplaceAllString(literal, `"$1" + secrets.$2`), `"" + secrets.`, "secrets.")
	}
	return fmt.Sprintf("import type { %s } from \"%s\";\n%s\n%sexport const config: %s = %s;\n", typeName, module, imports, declarations, typeName, literal)
}

func firstNonEmpty(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
