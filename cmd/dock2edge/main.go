// Command dock2edge moves Docker and Compose apps to Cloudflare Workers. See README.md.
package main

import (
	"os"

	"github.com/dock2edge/dock2edge/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
