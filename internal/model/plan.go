package model

import "github.com/dock2edge/dock2edge/internal/source"

// Target is what a service becomes.
type Target string

// The targets.
const (
	TargetWorker        Target = "worker"
	TargetDurableObject Target = "durable-object"
	TargetAssets        Target = "assets"
	TargetGateway       Target = "gateway"
	TargetD1            Target = "d1"
	TargetKV            Target = "kv"
	TargetR2            Target = "r2"
	TargetKeyValue      Target = "durable-object-kv"
	TargetQueue         Target = "queue"
	TargetQueueConsumer Target = "queue-consumer"
	TargetCron          Target = "cron"
	TargetWorkflow      Target = "workflow"
	TargetHyperdrive    Target = "hyperdrive"
	TargetVectorize     Target = "vectorize"
	TargetWorkersAI     Target = "workers-ai"
	TargetBrowser       Target = "browser"
	TargetContainer     Target = "container"
	TargetExternal      Target = "external"
	TargetDropped       Target = "dropped"
)

// ServerKind is a server whose protocol a Durable Object speaks, so that its clients stay as they are.
type ServerKind string

// The servers of the runtime; they are the names of its modules.
const (
	ServerRedis     ServerKind = "redis"
	ServerMemcached ServerKind = "memcached"
	ServerRabbitMQ  ServerKind = "rabbitmq"
	ServerMongoDB   ServerKind = "mongodb"
)

// Options are the choices of a conversion that the user may make.
type Options struct {
	// CompatibilityDate of every emitted Worker, YYYY-MM-DD.
	CompatibilityDate string
	// PlanName is "free" or "paid".
	PlanName string
	// Transport is "connect" or "websocket": how bytes reach a Durable Object.
	Transport string
	// Targets are choices per service that override the plan's own.
	Targets map[string]Target
	// Servers are choices for every service of a kind: TargetDurableObject, TargetExternal or TargetContainer.
	Servers map[ServerKind]Target
}

// Plan is what a project becomes.
type Plan struct {
	Project  *Project
	Options  Options
	Services []*ServicePlan
	// Volumes and keys of the top level with what becomes of them.
	Dispositions []Disposition
	Questions    []Question
	// Warnings are sentences without a final stop: limits that the stack exceeds, choices that could not be followed, names that
	// lead nowhere.
	Warnings []string
}

// Service returns the plan of the named service, or nil.
func (p *Plan) Service(name string) *ServicePlan {
	for _, s := range p.Services {
		if s.Service.Name == name {
			return s
		}
	}
	return nil
}

// ServicePlan is what one service becomes and why.
type ServicePlan struct {
	Service *Service
	Target  Target
	// Server is set when the service becomes a Durable Object that speaks the protocol of this server.
	Server ServerKind
	// WorkerName is the emitted Worker's name; empty when the service becomes none.
	WorkerName string
	// Why cites the evidence for the target.
	Why []Reason
	// Rejected are the targets not taken.
	Rejected []Rejected
	Bindings []Binding
	// Peers are the network names the app uses, with what answers there.
	Peers []Peer
	// Vars are the plain variables of wrangler.jsonc, Secrets the names that must be set outside.
	Vars    []EnvVar
	Secrets []Secret
	// Port is where HTTP requests go; 0 when the service serves none.
	Port int
	// Public tells that the Worker gets a route of its own (a published port).
	Public bool
	// Volumes are mounts that survive in the Durable Object.
	Volumes []VolumePlan
	// SecretFiles are files of the container whose text is a required secret.
	SecretFiles []SecretFile
	// Recipe is how the app's files are made; nil for services without an app of their own.
	Recipe *Recipe
	// Sources are the user's files that go to app/ unmodified.
	Sources []SourceFile
	// Dispositions say for every Compose key, Dockerfile instruction, port and volume what became of it.
	Dispositions []Disposition
	// Findings are the service's findings; suppressed ones are among them, since their needs hold.
	Findings []Finding
}

// Reason is one sentence with the places that prove it.
type Reason struct {
	Text  string
	Cites []Cite
}

// Cite is a rule's finding at a place, or just a place.
type Cite struct {
	Rule string
	Span source.Span
}

// Rejected is a target that was considered and why it is unfit.
type Rejected struct {
	Target Target
	Why    Reason
}

// BindingKind is a kind of entry in wrangler.jsonc.
type BindingKind string

// The bindings in use.
const (
	BindingService       BindingKind = "service"
	BindingDurableObject BindingKind = "durable-object"
	BindingHyperdrive    BindingKind = "hyperdrive"
	BindingAssets        BindingKind = "assets"
	BindingKV            BindingKind = "kv"
	BindingR2            BindingKind = "r2"
	BindingD1            BindingKind = "d1"
	BindingQueue         BindingKind = "queue"
)

// Binding is one binding of a Worker with what it replaces.
type Binding struct {
	Kind BindingKind
	// Name is the name in env.
	Name string
	// Worker is the other Worker's name (service bindings, Durable Objects of another script).
	Worker string
	// Class is the Durable Object's class.
	Class string
	// Service is the Compose service it leads to.
	Service string
	// Why is the comment written above it: what it replaces and why.
	Why Reason
}

// PeerKind is what answers under a Compose name.
type PeerKind string

// The kinds of peers; they are those of the runtime's configuration.
const (
	PeerApp        PeerKind = "app"
	PeerServer     PeerKind = "server"
	PeerHyperdrive PeerKind = "hyperdrive"
	PeerExternal   PeerKind = "external"
	PeerSelf       PeerKind = "self"
)

// Peer is a network name as the app uses it.
type Peer struct {
	Name string
	Kind PeerKind
	// Binding is the binding's name, or for external peers the variable that holds host:port.
	Binding string
	// Protocol is "postgres" or "mysql" for Hyperdrive.
	Protocol string
	// Service is the Compose service behind the name.
	Service string
}

// Secret is a value that must be set outside of every file.
type Secret struct {
	Name string
	// Why says where the original has it.
	Why  string
	Span source.Span
}

// SecretFile is a file whose text is the value of a secret.
type SecretFile struct {
	// Path in the container; Variable is the secret's name.
	Path, Variable string
}

// SourceFile is a file of the user's that is copied as it is.
type SourceFile struct {
	// From is relative to the workspace root, To to the emitted service's directory.
	From, To string
}

// VolumePlan is a mount that persists.
type VolumePlan struct {
	Path string
	// Name of the Compose volume or bind source.
	Name string
	// Kind is "persistent" or "tmpfs".
	Kind string
	Span source.Span
}

// Outcome is what became of a key, an instruction, a port or a volume.
type Outcome string

// The outcomes. There is no fifth: silence is the one failure a migration tool may not have.
const (
	Converted Outcome = "converted"
	Replaced  Outcome = "replaced"
	Outside   Outcome = "kept outside"
	Dropped   Outcome = "dropped"
)

// Disposition says what became of one thing and why.
type Disposition struct {
	// What is the key or line: "ports[0] 8080:3000", "RUN apt-get install …".
	What    string
	Outcome Outcome
	Why     string
	Span    source.Span
}

// Question is a choice the plan made that the user may want to make differently.
type Question struct {
	Service string
	Text    string
	// Choices, the one taken first.
	Choices []Target
}

// Artifact is one file to write. Path is relative to the output directory, with slashes.
type Artifact struct {
	Path string
	Data []byte
	// Copy is the user's file this is a copy of, relative to the workspace root; Data is nil then.
	Copy string
	// Executable files keep their mode bit.
	Executable bool
}
