package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func fsWrite() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-write", Category: model.CategoryFS, Severity: model.Major,
		Title: "Write to a path that no volume keeps",
		What:  "A file that is written, copied or moved to a path of the container outside of volumes and temporary folders.",
		Why: "In the container such a file lasts until the container is replaced, often for months. The runtime keeps it in the memory of the " +
			"process: it is gone when the Durable Object restarts, which happens on each deploy and whenever it was idle for a while.",
		Remedy:      "Mount a volume at the path in the Compose file: convert keeps volumes in the Durable Object's storage. Else move the data to a store.",
		Bad:         "const fs = require('fs');\nmodule.exports = (report) => fs.writeFileSync('/app/reports/last.json', JSON.stringify(report));\n",
		Good:        "const fs = require('fs');\nmodule.exports = (report) => fs.writeFileSync('/tmp/last.json', JSON.stringify(report));\n",
		Since:       checked,
		Probe:       "fs-write",
		Mentions:    fsMentions(),
		CheckModule: checkFSWrite,
	}
}

func checkFSWrite(p *analysis.ModulePass) {
	for _, w := range writes(p) {
		switch w.at.keeping {
		case keptByContainer:
			p.Report(w.call.Span, fmt.Sprintf("%s writes to %s, which no volume keeps; the file is lost when the Durable Object restarts", code(w.call), w.at.path),
				"Mount a volume there, or keep the data in a store.", model.Need{Kind: model.NeedDisk, Detail: w.at.path})
		case keptUnknown:
			p.Report(w.call.Span, fmt.Sprintf("%s writes to a path that is computed; outside of volumes the file is lost when the Durable Object restarts", code(w.call)),
				"Make sure that the path lies in a volume, or that the file is temporary.", model.Need{Kind: model.NeedDisk}).Severity = model.Minor
		}
	}
}

func fsWriteVolume() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-write-volume", Category: model.CategoryFS, Severity: model.Info,
		Title: "Write to a volume",
		What:  "A file that is written, copied or moved to a path below a volume or bind mount.",
		Why: "The runtime keeps such files in the SQLite storage of the Durable Object that is the process. They survive restarts and deploys. " +
			"Another service does not see them, and the object holds at most 10 GB.",
		Remedy: "Nothing has to be done. Large files, or files that other services read, belong into R2.",
		Bad: "-- app.js --\nconst fs = require('fs');\nmodule.exports = (note) => fs.writeFileSync('/data/note.txt', note);\n" +
			"-- compose.yaml --\nservices:\n  api:\n    build: .\n    volumes: [notes:/data]\nvolumes:\n  notes: {}\n",
		Good: "-- app.js --\nconst fs = require('fs');\nmodule.exports = () => fs.readFileSync('/data/note.txt');\n" +
			"-- compose.yaml --\nservices:\n  api:\n    build: .\n    volumes: [notes:/data]\nvolumes:\n  notes: {}\n",
		Since:       checked,
		Probe:       "fs-write-volume",
		Mentions:    fsMentions(),
		CheckModule: checkFSWriteVolume,
	}
}

func checkFSWriteVolume(p *analysis.ModulePass) {
	for _, w := range writes(p) {
		if w.at.keeping == keptByVolume {
			p.Report(w.call.Span, fmt.Sprintf("%s writes to %s in a volume, which is kept in the Durable Object's storage", code(w.call), w.at.path),
				"Nothing has to be done.", model.Need{Kind: model.NeedDisk, Detail: w.at.path})
		}
	}
}

func fsWriteTmp() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-write-tmp", Category: model.CategoryFS, Severity: model.Minor,
		Title: "Write to a temporary folder",
		What:  "A file that is written below /tmp, /var/tmp or a tmpfs mount.",
		Why: "The runtime keeps such files in the memory of the isolate, which is limited to 128 MB for everything. In a plain Worker each isolate " +
			"has a /tmp of its own, so the next request may not find the file.",
		Remedy:      "Keep temporary files small and delete them. Streams need no file.",
		Bad:         "const fs = require('fs');\nmodule.exports = (data) => fs.writeFileSync('/tmp/upload.bin', data);\n",
		Good:        "const fs = require('fs');\nmodule.exports = () => fs.readFileSync('/tmp/upload.bin');\n",
		Since:       checked,
		Probe:       "fs-write-tmp",
		Mentions:    fsMentions(),
		CheckModule: checkFSWriteTmp,
	}
}

func checkFSWriteTmp(p *analysis.ModulePass) {
	for _, w := range writes(p) {
		if w.at.keeping == keptForRun {
			p.Report(w.call.Span, fmt.Sprintf("%s writes to %s, which is memory of the isolate and limited to 128 MB with everything else", code(w.call), w.at.path),
				"Keep temporary files small and delete them.")
		}
	}
}
