package platform

import (
	"regexp"
	"strings"
)

// Fate says what becomes of a Compose key or a Dockerfile instruction when its service becomes a Worker.
type Fate struct {
	// Path of the key: "deploy.replicas", "ports[].protocol", with * for names the user chose ("networks.*.aliases").
	Path string
	// Outcome is "converted", "replaced", "kept outside" or "dropped", as in model.Outcome.
	Outcome string
	// Why is a clause without a final stop.
	Why string
}

// The outcomes, spelt as in model.Outcome.
const (
	converted = "converted"
	replaced  = "replaced"
	outside   = "kept outside"
	dropped   = "dropped"
)

// ComposeKey is the fate of a key of a service. Path is flattened as in model.Key ("ports[0].target"); a key without a row
// of its own shares the fate of the nearest one around it.
func ComposeKey(path string) (outcome, why string) {
	return lookup(composeServiceKeys, path, "Compose's specification has no such key, so nothing was made of it")
}

// ComposeTopLevelKey is the fate of a key outside of services ("volumes.data.driver").
func ComposeTopLevelKey(path string) (outcome, why string) {
	return lookup(composeTopLevelKeys, path, "Compose's specification has no such key, so nothing was made of it")
}

// ComposeServiceKeys are the rows about keys of services.
func ComposeServiceKeys() []Fate { return append([]Fate(nil), composeServiceKeys...) }

// ComposeTopLevelKeys are the rows about keys outside of services.
func ComposeTopLevelKeys() []Fate { return append([]Fate(nil), composeTopLevelKeys...) }

var listIndex = regexp.MustCompile(`\[\d+\]`)

// lookup finds the row for the path, or for the nearest key around it.
func lookup(table []Fate, path, unknown string) (outcome, why string) {
	if strings.HasPrefix(path, "x-") || strings.Contains(path, ".x-") {
		return dropped, "an extension field; it means something only to the file itself or to another tool"
	}
	for path = listIndex.ReplaceAllString(path, "[]"); path != ""; path = around(path) {
		for _, row := range table {
			if row.Path == path || strings.Contains(row.Path, "*") && matchesStar(row.Path, path) {
				return row.Outcome, row.Why
			}
		}
	}
	return dropped, unknown
}

// around is the path of the key that holds the one at path; empty at the top.
func around(path string) string {
	if list, ok := strings.CutSuffix(path, "[]"); ok {
		return list
	}
	return path[:max(0, strings.LastIndexByte(path, '.'))]
}

// matchesStar compares segment by segment; * stands for one segment.
func matchesStar(pattern, path string) bool {
	want, got := strings.Split(pattern, "."), strings.Split(path, ".")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != got[i] {
			return false
		}
	}
	return true
}

// composeServiceKeys has a row for every key of a service in the Compose specification (compose-spec.json of compose-go
// 2.16.2, read 2026-11-21), and rows for nested keys whose fate differs. A test holds it against the schema.
var composeServiceKeys = []Fate{
	{"annotations", dropped, "labels for the container engine; there is no container"},
	{"attach", dropped, "it steers the terminal of `docker compose up`; `wrangler tail` shows a Worker's log"},
	{"blkio_config", dropped, "a Worker has no block device to limit"},
	{"build", converted, "the Dockerfile's steps are replayed by the emitted build"},
	{"build.additional_contexts", converted, "files copied from it are taken over with the app's source"},
	{"build.args", converted, "the values are expanded into the build's steps"},
	{"build.cache_from", dropped, "the emitted build keeps its own cache"},
	{"build.cache_to", dropped, "the emitted build keeps its own cache"},
	{"build.context", converted, "the files of it that the image uses are copied to the service's app/ folder"},
	{"build.dockerfile", converted, "read, and replayed as build.json"},
	{"build.dockerfile_inline", converted, "read, and replayed as build.json"},
	{"build.entitlements", dropped, "the emitted build runs as an ordinary process without rights to grant"},
	{"build.extra_hosts", dropped, "the emitted build uses the names of the machine that runs it"},
	{"build.isolation", dropped, "it chooses a container technology of Windows"},
	{"build.labels", dropped, "there is no image to label"},
	{"build.network", dropped, "the emitted build uses the network of the machine that runs it"},
	{"build.no_cache", dropped, "the emitted build skips a step only when its inputs are the same"},
	{"build.no_cache_filter", dropped, "the emitted build skips a step only when its inputs are the same"},
	{"build.platforms", dropped, "a Worker's code is JavaScript and WebAssembly, the same on every processor"},
	{"build.privileged", dropped, "the emitted build runs as an ordinary process"},
	{"build.provenance", dropped, "there is no image to attest"},
	{"build.pull", dropped, "no base image is pulled"},
	{"build.sbom", dropped, "there is no image to describe"},
	{"build.secrets", dropped, "give secrets of the build to `npm run build` as variables of the environment"},
	{"build.shm_size", dropped, "the emitted build uses the memory of the machine that runs it"},
	{"build.ssh", dropped, "the emitted build uses the SSH agent of the machine that runs it"},
	{"build.tags", dropped, "there is no image to name"},
	{"build.target", converted, "the stage that is replayed"},
	{"build.ulimits", dropped, "the emitted build has the limits of the machine that runs it"},
	{"cap_add", dropped, "an isolate has no kernel capabilities"},
	{"cap_drop", dropped, "an isolate has no kernel capabilities, so all are dropped"},
	{"cgroup", dropped, "there is no control group"},
	{"cgroup_parent", dropped, "there is no control group"},
	{"command", converted, "followed to the module that the Worker starts"},
	{"configs", converted, "the files are laid over the image's"},
	{"configs[].gid", dropped, "files in an isolate have no owner"},
	{"configs[].mode", dropped, "files in an isolate have no owner"},
	{"configs[].uid", dropped, "files in an isolate have no owner"},
	{"container_name", converted, "other services reach this one under that name too"},
	{"cpu_count", dropped, "a Worker's processor time is limited per request instead"},
	{"cpu_percent", dropped, "a Worker's processor time is limited per request instead"},
	{"cpu_period", dropped, "a Worker's processor time is limited per request instead"},
	{"cpu_quota", dropped, "a Worker's processor time is limited per request instead"},
	{"cpu_rt_period", dropped, "a Worker's processor time is limited per request instead"},
	{"cpu_rt_runtime", dropped, "a Worker's processor time is limited per request instead"},
	{"cpu_shares", dropped, "a Worker's processor time is limited per request instead"},
	{"cpus", dropped, "a Worker's processor time is limited per request instead"},
	{"cpuset", dropped, "a Worker's processor time is limited per request instead"},
	{"credential_spec", dropped, "it names a Windows account; a Worker has none"},
	{"depends_on", replaced, "nothing starts in an order: a Durable Object starts with its first request, and that request waits for what it needs"},
	{"deploy", replaced, "Cloudflare places and scales Workers by itself"},
	{"deploy.labels", dropped, "labels of a Swarm service; nothing reads them"},
	{"deploy.mode", replaced, "a Worker runs everywhere, a Durable Object once"},
	{"deploy.placement", dropped, "Cloudflare chooses the place"},
	{"deploy.replicas", replaced, "a plain Worker has as many isolates as requests need; an app in a Durable Object is one process"},
	{"deploy.resources", replaced, "the isolate's own limits hold"},
	{"deploy.resources.reservations.devices", dropped, "an isolate has no devices"},
	{"deploy.restart_policy", replaced, "an app that exits is started again by the next request"},
	{"deploy.rollback_config", replaced, "`wrangler rollback` returns to an earlier version"},
	{"deploy.update_config", replaced, "`wrangler deploy` replaces the version everywhere at once; gradual deployments are a setting there"},
	{"develop", replaced, "`wrangler dev` watches the service's app/ and src/ folders"},
	{"device_cgroup_rules", dropped, "an isolate has no devices"},
	{"devices", dropped, "an isolate has no devices"},
	{"dns", dropped, "a Worker resolves names with Cloudflare's own resolver"},
	{"dns_opt", dropped, "a Worker resolves names with Cloudflare's own resolver"},
	{"dns_search", dropped, "a Worker resolves names with Cloudflare's own resolver"},
	{"domainname", dropped, "a Worker has no domain name of its own inside"},
	{"entrypoint", converted, "followed to the module that the Worker starts"},
	{"env_file", converted, "plain values become vars, values that look like credentials become required secrets"},
	{"environment", converted, "plain values become vars, values that look like credentials become required secrets"},
	{"expose", converted, "other services reach the port through a binding"},
	{"extends", converted, "merged by Compose's own rules before anything is judged"},
	{"external_links", dropped, "it names a container outside of the project; give its address as a variable"},
	{"extra_hosts", dropped, "a Worker has no hosts file; put the address into the variable that holds the name"},
	{"gpus", dropped, "an isolate has no GPU; Workers AI or a machine outside does such work"},
	{"group_add", dropped, "there are no users and groups in an isolate"},
	{"healthcheck", replaced, "verify waits for it and asks it; in production a request waits until the app listens"},
	{"healthcheck.disable", replaced, "verify asks no health check"},
	{"healthcheck.interval", dropped, "nothing polls a Worker"},
	{"healthcheck.start_interval", dropped, "nothing polls a Worker"},
	{"hostname", converted, "os.hostname() answers it, and other services reach this one under that name"},
	{"image", replaced, "by the Worker or the Cloudflare product that does the image's work"},
	{"init", dropped, "there is no process tree to reap"},
	{"ipc", dropped, "isolates share no memory"},
	{"isolation", dropped, "it chooses a container technology of Windows"},
	{"label_file", dropped, "read like labels; nothing reads them in a Worker"},
	{"labels", dropped, "nothing reads labels in a Worker; those of proxies and schedulers are findings of their own"},
	{"links", converted, "the alias is a name for the other service"},
	{"logging", replaced, "Workers Logs and `wrangler tail` hold what the app writes to stdout and stderr"},
	{"mac_address", dropped, "a Worker has no network interface"},
	{"mem_limit", replaced, "by the isolate's own limit of 128 MB"},
	{"mem_reservation", dropped, "an isolate's memory cannot be reserved"},
	{"mem_swappiness", dropped, "an isolate has no swap"},
	{"memswap_limit", dropped, "an isolate has no swap"},
	{"models", dropped, "no model runner is beside a Worker; Workers AI serves models"},
	{"network_mode", dropped, "a Worker has no network interface; services reach each other through bindings"},
	{"networks", replaced, "services reach each other through bindings"},
	{"networks.*.aliases", converted, "each alias is a name for the service"},
	{"networks.*.driver_opts", dropped, "a Worker has no network interface"},
	{"networks.*.gw_priority", dropped, "a Worker has no network interface"},
	{"networks.*.interface_name", dropped, "a Worker has no network interface"},
	{"networks.*.ipv4_address", dropped, "a Worker has no address; use the service's name"},
	{"networks.*.ipv6_address", dropped, "a Worker has no address; use the service's name"},
	{"networks.*.link_local_ips", dropped, "a Worker has no address; use the service's name"},
	{"networks.*.mac_address", dropped, "a Worker has no network interface"},
	{"networks.*.priority", dropped, "a Worker has no network interface"},
	{"oom_kill_disable", dropped, "an isolate over its memory limit is always ended"},
	{"oom_score_adj", dropped, "an isolate over its memory limit is always ended"},
	{"pid", dropped, "an isolate sees no processes"},
	{"pids_limit", dropped, "an isolate can start no processes"},
	{"platform", dropped, "a Worker's code is JavaScript and WebAssembly, the same on every processor"},
	{"ports", converted, "a published HTTP port becomes the Worker's address, under HTTPS on port 443"},
	{"ports[].app_protocol", dropped, "a hint for a proxy that is not there"},
	{"ports[].host_ip", dropped, "a Worker listens on no address; without a route it is reached only by other services"},
	{"ports[].mode", dropped, "there is no Swarm to publish in"},
	{"ports[].name", dropped, "a comment"},
	{"post_start", dropped, "there is no container to run a command in; run it from the deployment"},
	{"pre_start", dropped, "there is no container to run a command in; run it from the deployment"},
	{"pre_stop", dropped, "there is no container to run a command in, and nothing tells a Worker that it stops"},
	{"privileged", dropped, "an isolate has no kernel to be privileged in"},
	{"profiles", converted, "the service is judged like the others; it starts only when something is asked of it"},
	{"provider", outside, "whatever the provider runs stays where it is; give its address as a variable"},
	{"pull_policy", dropped, "no image is pulled"},
	{"pull_refresh_after", dropped, "no image is pulled"},
	{"read_only", replaced, "an isolate's files are the image's; only volumes and tmpfs mounts keep what is written"},
	{"restart", replaced, "an app that exits is started again by the next request"},
	{"runtime", dropped, "it chooses a container runtime; there is no container"},
	{"scale", replaced, "a plain Worker has as many isolates as requests need; an app in a Durable Object is one process"},
	{"secrets", converted, "each becomes a required secret, and the app finds its text at the same path"},
	{"secrets[].gid", dropped, "files in an isolate have no owner"},
	{"secrets[].mode", dropped, "files in an isolate have no owner"},
	{"secrets[].uid", dropped, "files in an isolate have no owner"},
	{"security_opt", dropped, "an isolate is confined by the runtime; there is no profile to choose"},
	{"shm_size", dropped, "isolates share no memory"},
	{"stdin_open", dropped, "a Worker has no standard input"},
	{"stop_grace_period", dropped, "nothing waits for a Worker to stop"},
	{"stop_signal", dropped, "no signal reaches a Worker"},
	{"storage_opt", dropped, "an isolate has no disk to size"},
	{"sysctls", dropped, "an isolate has no kernel parameters"},
	{"tmpfs", converted, "files there live in the memory of the isolate and are gone when it is"},
	{"tty", dropped, "a Worker has no terminal"},
	{"ulimits", dropped, "an isolate's limits are fixed"},
	{"umask", dropped, "files in an isolate have no owner"},
	{"use_api_socket", dropped, "there is no container engine to talk to"},
	{"user", dropped, "there are no users in an isolate"},
	{"userns_mode", dropped, "there are no users in an isolate"},
	{"uts", dropped, "an isolate has no host to share a name with"},
	{"volumes", converted, "what the app writes there is kept in the Durable Object's storage"},
	{"volumes[].bind", dropped, "a mount option of the host"},
	{"volumes[].consistency", dropped, "a mount option of the host"},
	{"volumes[].image", dropped, "files of another image cannot be mounted; copy them in the Dockerfile"},
	{"volumes[].tmpfs", dropped, "the isolate's memory is the limit"},
	{"volumes[].volume", dropped, "a mount option of the host"},
	{"volumes_from", dropped, "storage belongs to one Durable Object; name the volume in both services to see what that means"},
	{"working_dir", converted, "process.cwd() of the app"},
}

// composeTopLevelKeys has a row for every key outside of services.
var composeTopLevelKeys = []Fate{
	{"configs", converted, "the files are laid over those of the services that use them"},
	{"configs.*.external", outside, "its text is not in the repository; put it into a file to take it along"},
	{"configs.*.labels", dropped, "nothing reads them"},
	{"configs.*.template_driver", dropped, "templates of Swarm are not filled in"},
	{"include", converted, "the files are merged by Compose's own rules before anything is judged"},
	{"jobs", dropped, "dock2edge does not judge jobs yet; a cron trigger runs a Worker at a time of its own"},
	{"models", dropped, "no model runner is beside a Worker; Workers AI serves models"},
	{"name", converted, "the emitted Workers' names begin with it"},
	{"networks", replaced, "services reach each other through bindings, whatever network they share"},
	{"networks.*.driver", dropped, "a Worker has no network interface"},
	{"networks.*.driver_opts", dropped, "a Worker has no network interface"},
	{"networks.*.external", outside, "what else is on that network is reached only by a public address or a tunnel"},
	{"networks.*.internal", replaced, "a Worker without a route is reached only through bindings, but may itself call the internet"},
	{"networks.*.ipam", dropped, "a Worker has no address"},
	{"networks.*.labels", dropped, "nothing reads them"},
	{"secrets", converted, "each becomes a required secret of the services that use it"},
	{"secrets.*.driver", outside, "the secret store keeps it; set the value with `wrangler secret put`"},
	{"secrets.*.external", outside, "the secret store keeps it; set the value with `wrangler secret put`"},
	{"secrets.*.labels", dropped, "nothing reads them"},
	{"secrets.*.template_driver", dropped, "templates of Swarm are not filled in"},
	{"services", converted, "service by service"},
	{"version", dropped, "obsolete; Compose itself ignores it"},
	{"volumes", converted, "what the app writes there is kept in the Durable Object's storage"},
	{"volumes.*.driver", dropped, "the Durable Object's storage takes the place of every driver"},
	{"volumes.*.driver_opts", dropped, "the Durable Object's storage takes the place of every driver"},
	{"volumes.*.external", outside, "its present content is not copied; the app starts with an empty volume"},
	{"volumes.*.labels", dropped, "nothing reads them"},
}
