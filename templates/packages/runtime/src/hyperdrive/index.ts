/**
 * Databases behind Hyperdrive, for apps that dial them as they did in Compose.
 *
 * An app brings the host, user, password and database name of its Compose file, hard-coded or from its environment, and a
 * driver that opens a TCP connection. Hyperdrive wants the credentials of its binding, which are only known to the Worker.
 * These functions stand in between: they lead the login with the binding's credentials and then get out of the way.
 */
export { openMysql } from "./mysql";
export { openPostgres } from "./postgres";
