/** Passes TCP connections on to the database of the Hyperdrive binding, as an app's driver would open them. */
import { openMysql, openPostgres } from "../../src/hyperdrive/index";

interface Env {
  DB: Hyperdrive;
  PROTOCOL: "postgres" | "mysql";
}

export default {
  fetch: () => new Response("TCP only\n", { status: 404 }),
  async connect(socket: Socket, env: Env): Promise<void> {
    const database = env.PROTOCOL === "mysql" ? openMysql(env.DB) : openPostgres(env.DB);
    await Promise.allSettled([socket.readable.pipeTo(database.writable), database.readable.pipeTo(socket.writable)]);
  },
} satisfies ExportedHandler<Env>;
