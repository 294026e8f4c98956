package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func fsRead() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-read", Category: model.CategoryFS, Severity: model.Info,
		Title: "Read of a file that the image holds",
		What:  "`readFile`, `readFileSync` and `createReadStream` with a path inside the image.",
		Why: "A Worker has no image. The build packs the image's files beside the code, and the runtime shows them to the app under their old " +
			"paths, so the read works as it did.",
		Remedy:      "Nothing has to be done.",
		Bad:         "const fs = require('fs');\nconst terms = fs.readFileSync('/app/terms.txt', 'utf8');\nmodule.exports = terms;\n",
		Good:        "const fs = require('fs');\nmodule.exports = (name) => fs.readFileSync('/tmp/' + name);\n",
		Since:       checked,
		Probe:       "fs-read",
		Mentions:    fsMentions(),
		CheckModule: checkFSRead,
	}
}

func checkFSRead(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if name, _ := fsFunction(c); !fsReaders[name] {
			continue
		}
		if at := locate(p.ServicePass, c.Arg(0)); at.keeping == keptByContainer {
			p.Report(c.Span, fmt.Sprintf("%s reads %s, which is packed with the Worker and found under the same path", code(c), at.path),
				"Nothing has to be done.", model.Need{Kind: model.NeedFiles, Detail: at.path})
		}
	}
}
