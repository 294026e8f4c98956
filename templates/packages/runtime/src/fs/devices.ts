/** The few files of /dev that programs in containers use, and the descriptors a process starts with. */
import { DeviceContent } from "./content";
import type { FileNode } from "./node";
import type { FileTree } from "./tree";

const S_IFCHR = 0o020000;
const O_RDONLY = 0;
const O_WRONLY = 1;
/** What getRandomValues gives at most per call. */
const RANDOM_LIMIT = 65536;

const nothing = (): number => 0;

function random(target: Uint8Array): number {
  for (let at = 0; at < target.length; at += RANDOM_LIMIT) {
    crypto.getRandomValues(target.subarray(at, at + RANDOM_LIMIT));
  }
  return target.length;
}

/** Adds /dev with null, zero, random, stdin, stdout and stderr, and opens descriptors 0, 1 and 2. */
export function addDevices(tree: FileTree, stdout: (fd: 1 | 2, chunk: Uint8Array) => void): void {
  const ignore = (): void => undefined;
  const zero = (target: Uint8Array): number => target.fill(0).length;
  const devices: [name: string, content: DeviceContent][] = [
    ["null", new DeviceContent(nothing, ignore)],
    ["zero", new DeviceContent(zero, ignore)],
    ["random", new DeviceContent(random, ignore)],
    ["urandom", new DeviceContent(random, ignore)],
    ["stdin", new DeviceContent(nothing, ignore)],
    ["stdout", new DeviceContent(nothing, (chunk) => stdout(1, chunk))],
    ["stderr", new DeviceContent(nothing, (chunk) => stdout(2, chunk))],
  ];
  tree.mkdirp("/dev", 0o755);
  const directory = tree.getResolvedLinkOrThrow("/dev");
  for (const [name, content] of devices) {
    const node: FileNode = tree.createInode(S_IFCHR | 0o666);
    node.content = content;
    directory.createChild(name, node);
  }
  tree.openAs(0, "/dev/stdin", O_RDONLY);
  tree.openAs(1, "/dev/stdout", O_WRONLY);
  tree.openAs(2, "/dev/stderr", O_WRONLY);
}
