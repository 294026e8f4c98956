/**
 * @dock2edge/runtime: what stands around a lifted app inside workerd.
 *
 * A container gives a Node app a process, a file system, a network with names, and a port. `createApp` gives it the same on
 * Cloudflare Workers, without a change to its code:
 *
 *     import { createApp } from "@dock2edge/runtime";
 *     import image from "dock2edge:image";
 *     import { config } from "./config";
 *
 *     const app = createApp(config, image);
 *     export const App = app.DurableObject;
 *     export const Internal = app.Internal;
 *     export default app.worker;
 *
 * Where to read on: app.ts (entrypoints, the Durable Object as the process), instance.ts (one run of the app), network.ts (names,
 * ports and routes), http/ and net/ (Node's servers, requests and sockets over fetch and byte streams), node/ (the other
 * modules that differ from workerd's), fs/ (files and volumes), transport.ts (how bytes travel between Workers and objects).
 */

export { createApp, type App } from "./app";
export type { AppConfig, Peer, Volume } from "./config";
export type { Image, ManifestEntry } from "./image";
