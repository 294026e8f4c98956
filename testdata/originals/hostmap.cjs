"use strict";
/**
 * Lets a Compose project run unmodified without containers: preloaded with --require, it sends connections to
 * "db:5432" to where that server really listens, and makes servers listen on another port of the loopback interface.
 *
 * ORIGINAL_HOSTS   {"db:5432": "127.0.0.1:40123", ...}
 * ORIGINAL_PORTS   {"3000": 40124, ...}
 */
const dns = require("node:dns");
const net = require("node:net");

const hosts = JSON.parse(process.env.ORIGINAL_HOSTS ?? "{}");
const ports = JSON.parse(process.env.ORIGINAL_PORTS ?? "{}");
const names = new Set(Object.keys(hosts).map((address) => address.split(":")[0]));
// Of a process's own interface only some ports are elsewhere.
for (const own of ["localhost", "127.0.0.1"]) names.delete(own);
/** Nobody listens there: what a container says of a port that its service does not open. */
const REFUSED = "127.0.0.1:1";

// net.connect() has brought its arguments into the form [options, callback] already; socket.connect() takes them as they come.
const normalize = (args) => (Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args));

// A server's own address within its container.
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options, callback] = normalize(args);
  const own = LOOPBACK.test(options.host ?? "localhost") ? ports[options.port] : undefined;
  const real =
    own === undefined
      ? (hosts[`${options.host}:${options.port}`] ?? (names.has(options.host) ? REFUSED : undefined))
      : `127.0.0.1:${own}`;
  if (real === undefined) return connect.apply(this, args);
  const [host, port] = real.split(":");
  return connect.call(this, { ...options, host, port: Number(port), lookup: undefined }, callback);
};

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const [options, callback] = normalize(args);
  const port = ports[options.port];
  if (port === undefined) return listen.apply(this, args);
  return listen.call(this, { ...options, host: "127.0.0.1", port }, callback);
};

// The container network resolves the names of its services.
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => lookup(names.has(name) ? "127.0.0.1" : name, ...rest);
const lookupPromise = dns.promises.lookup;
dns.promises.lookup = (name, options) => lookupPromise(names.has(name) ? "127.0.0.1" : name, options);
