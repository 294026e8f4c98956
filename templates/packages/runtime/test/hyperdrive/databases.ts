/** Real databases for the tests, each in a temporary folder on a free port of the loopback interface. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { appendFile, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";

export interface Database {
  port: number;
  stop(): Promise<void>;
}

/** Users of the test databases; the password of each is its name with `-secret`. */
export const POSTGRES_USERS = { scram: "scram-sha-256", md5user: "md5", plain: "password", trusted: "trust" } as const;

/** Postgres and MariaDB refuse to run as root: then they run as the account that their package made. */
function account(name: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function temporaryFolder(prefix: string, owner: { uid?: number; gid?: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid);
  return folder;
}

function postgresBinaries(): string {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  if (versions.length === 0) throw new Error("no Postgres here: apt-get install postgresql");
  return join(root, versions[0]!, "bin");
}

/** A Postgres with one user for each way of logging in, and a database `shop`. */
export async function startPostgres(): Promise<Database> {
  const bin = postgresBinaries();
  const owner = account("postgres");
  const folder = await temporaryFolder("postgres-", owner);
  const data = join(folder, "data");
  const port = await freePort();
  const run = { ...owner, stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"] };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "admin", "--auth=trust", "--no-sync", "-E", "UTF8"], run);
  const rules = Object.entries(POSTGRES_USERS).map(([user, method]) => `host all ${user} 127.0.0.1/32 ${method}`);
  await writeFile(
    join(data, "pg_hba.conf"),
    `local all all trust\nhost all admin 127.0.0.1/32 trust\n${rules.join("\n")}\n`,
  );
  await appendFile(
    join(data, "postgresql.conf"),
    `port = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '${folder}'\nfsync = off\n`,
  );
  const child = spawn(join(bin, "postgres"), ["-D", data], { ...owner, stdio: ["ignore", "ignore", "pipe"] });
  const running = { port, stop: () => stop(child, "SIGINT", folder) }; // SIGINT is Postgres's fast shutdown
  try {
    // A port that takes connections is not enough: the server may still be starting.
    await untilReady(child, "postgres", () => {
      return spawnSync(join(bin, "pg_isready"), ["-q", "-h", folder, "-p", String(port)]).status === 0;
    });
    createUsers();
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }

  function createUsers(): void {
    psql("CREATE DATABASE shop");
    for (const [user, method] of Object.entries(POSTGRES_USERS)) {
      const encryption = method === "md5" ? "md5" : "scram-sha-256";
      psql(`SET password_encryption = '${encryption}'; CREATE ROLE ${user} LOGIN PASSWORD '${user}-secret'`);
    }
    psql("ALTER DATABASE shop OWNER TO scram");
  }

  function psql(sql: string): void {
    execFileSync(
      join(bin, "psql"),
      ["-h", folder, "-p", String(port), "-U", "admin", "-q", "-d", "postgres", "-c", sql],
      run,
    );
  }
}

/** A MariaDB with the user `shopper` and the database `shop`. */
export async function startMariadb(): Promise<Database> {
  const owner = account("mysql");
  const folder = await temporaryFolder("mariadb-", owner);
  const port = await freePort();
  const common = ["--no-defaults", `--datadir=${join(folder, "data")}`];
  execFileSync(
    "mariadb-install-db",
    [...common, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"],
    { ...owner, stdio: ["ignore", "ignore", "pipe"] },
  );
  const setup = join(folder, "setup.sql");
  await writeFile(
    setup,
    [
      "CREATE DATABASE shop;",
      "CREATE USER shopper@'%' IDENTIFIED BY 'shopper-secret';",
      "CREATE USER nopassword@'%' IDENTIFIED BY '';",
      "GRANT ALL ON shop.* TO shopper@'%';",
      "GRANT ALL ON shop.* TO nopassword@'%';",
    ].join("\n"),
  );
  const child = spawn(
    "mariadbd",
    [
      ...common,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(folder, "socket")}`,
      `--init-file=${setup}`,
      "--skip-name-resolve",
      "--skip-log-bin",
    ],
    { ...owner, stdio: ["ignore", "ignore", "pipe"] },
  );
  const running = { port, stop: () => stop(child, "SIGTERM", folder) };
  try {
    // The init file is executed before the port is opened.
    await untilReady(child, "mariadbd", () => listens(port));
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Asks until `ready` says yes; fails when the server ends before, or after half a minute. */
async function untilReady(child: ChildProcess, name: string, ready: () => boolean | Promise<boolean>): Promise<void> {
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${log}`);
    if (await ready()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} does not start:\n${log}`);
}

/** Whether something takes connections at the port. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
}
