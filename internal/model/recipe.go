package model

// Recipe is build.json: the steps of a Dockerfile that make the app's files, replayed without Docker by the emitted
// project's own build. Its JSON form is a contract with templates/packages/build.
type Recipe struct {
	Version int `json:"version"`
	// Kind is "node", "static" or "server".
	Kind     string        `json:"kind"`
	Stages   []RecipeStage `json:"stages"`
	Overlays []RecipeStep  `json:"overlays,omitempty"`
	Node     *RecipeNode   `json:"node,omitempty"`
	Static   *RecipeStatic `json:"static,omitempty"`
	Server   *RecipeServer `json:"server,omitempty"`
}

// RecipeStage is one stage with the steps that matter.
type RecipeStage struct {
	Name    string            `json:"name"`
	From    string            `json:"from"`
	Workdir string            `json:"workdir"`
	Env     map[string]string `json:"env,omitempty"`
	Steps   []RecipeStep      `json:"steps"`
	Exclude []string          `json:"exclude,omitempty"`
}

// RecipeStep is one COPY, RUN or inline file. Line is the Dockerfile's.
type RecipeStep struct {
	Copy     []string          `json:"copy,omitempty"`
	CopyFrom string            `json:"copyFrom,omitempty"`
	Write    *string           `json:"write,omitempty"`
	To       string            `json:"to,omitempty"`
	Exclude  []string          `json:"exclude,omitempty"`
	Run      string            `json:"run,omitempty"`
	Cwd      string            `json:"cwd,omitempty"`
	Env      map[string]string `json:"env,omitempty"`
	Line     int               `json:"line,omitempty"`
}

// RecipeNode says what is packed.
type RecipeNode struct {
	Workdir  string   `json:"workdir"`
	Entry    string   `json:"entry"`
	Preload  []string `json:"preload,omitempty"`
	Registry []string `json:"registry,omitempty"`
	TSConfig string   `json:"tsconfig,omitempty"`
	Keep     []string `json:"keep,omitempty"`
}

// RecipeStatic says which image folder becomes the assets.
type RecipeStatic struct {
	Root string `json:"root"`
}

// RecipeServer says which files of the container a protocol server reads.
type RecipeServer struct {
	// Folders in the container; what is in them is bundled as text.
	Folders []string `json:"folders"`
}
