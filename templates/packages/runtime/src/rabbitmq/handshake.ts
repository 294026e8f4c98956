import type { User } from "./access";
import type { Broker } from "./broker";
import type { Connection } from "./connection";
import { AmqpError } from "./errors";
import { OFFERED_FRAME_MAX, SMALLEST_FRAME_MAX } from "./frames";
import type { Method, MethodArguments } from "./methods";
import { VERSION } from "./version";
import { asText, boolean, type FieldTable, longString, Reader, table, toBinary } from "./wire";

const MECHANISMS = "PLAIN AMQPLAIN";
const OFFERED_CHANNEL_MAX = 2047;

const SERVER_PROPERTIES: FieldTable = new Map([
  [
    "capabilities",
    table(
      [
        "publisher_confirms",
        "exchange_exchange_bindings",
        "basic.nack",
        "consumer_cancel_notify",
        "connection.blocked",
        "consumer_priorities",
        "authentication_failure_close",
        "per_consumer_qos",
        "direct_reply_to",
      ].map((name) => [name, boolean(true)]),
    ),
  ],
  ["cluster_name", longString("rabbit@rabbitmq")],
  ["platform", longString("Cloudflare Workers")],
  ["product", longString("RabbitMQ")],
  ["version", longString(VERSION)],
]);

type Step = "connection.start-ok" | "connection.tune-ok" | "connection.open";

/** Opens a connection: who the client is, which sizes are agreed on, which virtual host it wants. */
export class Handshake {
  private readonly broker: Broker;
  private readonly connection: Connection;
  private expected: Step = "connection.start-ok";
  private user: User | null = null;
  private capabilities: ReadonlySet<string> = new Set();
  private tuned = { channelMax: 0, frameMax: 0, heartbeat: 0 };

  constructor(broker: Broker, connection: Connection) {
    this.broker = broker;
    this.connection = connection;
  }

  start(): void {
    this.connection.send(0, "connection.start", {
      major: 0,
      minor: 9,
      serverProperties: SERVER_PROPERTIES,
      mechanisms: MECHANISMS,
      locales: "en_US",
    });
  }

  method(method: Method): void {
    if (method.name !== this.expected) {
      throw new AmqpError("CHANNEL_ERROR", `unexpected method '${method.name}', expected '${this.expected}'`);
    }
    if (method.name === "connection.start-ok") this.authenticate(method.args);
    else if (method.name === "connection.tune-ok") this.tune(method.args);
    else if (method.name === "connection.open") this.open(method.args.vhost);
  }

  private authenticate({ clientProperties, mechanism, response }: MethodArguments<"connection.start-ok">): void {
    const capabilities = clientProperties.get("capabilities");
    if (capabilities?.type === "F") {
      this.capabilities = new Set(
        [...capabilities.value].filter(([, field]) => field.value === true).map(([name]) => name),
      );
    }
    if (!MECHANISMS.split(" ").includes(mechanism)) {
      throw new AmqpError("ACCESS_REFUSED", `${mechanism} login refused: mechanism not supported`, "connection");
    }
    const credentials = mechanism === "PLAIN" ? plain(response) : amqplain(response);
    const user = credentials && this.broker.access.authenticate(...credentials);
    if (!user) {
      console.warn(`rabbitmq: the login of user ${JSON.stringify(credentials?.[0] ?? "")} was refused`);
      if (!this.capabilities.has("authentication_failure_close")) return this.connection.disconnect();
      throw new LoginRefused(
        "ACCESS_REFUSED",
        `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`,
        "connection",
      );
    }
    this.user = user;
    this.expected = "connection.tune-ok";
    this.connection.send(0, "connection.tune", {
      channelMax: OFFERED_CHANNEL_MAX,
      frameMax: OFFERED_FRAME_MAX,
      heartbeat: this.broker.heartbeat,
    });
  }

  private tune({ channelMax, frameMax, heartbeat }: MethodArguments<"connection.tune-ok">): void {
    check("frame_max", frameMax, SMALLEST_FRAME_MAX, OFFERED_FRAME_MAX);
    check("channel_max", channelMax, 1, OFFERED_CHANNEL_MAX);
    this.tuned = { channelMax, frameMax, heartbeat };
    this.expected = "connection.open";
  }

  private open(name: string): void {
    const vhost = this.broker.vhosts.get(name);
    if (!vhost) throw new AmqpError("NOT_ALLOWED", `vhost ${name} not found`);
    if (!this.broker.access.mayEnter(this.user!, name)) {
      throw new AmqpError("NOT_ALLOWED", `access to vhost '${name}' refused for user '${toBinary(this.user!.name)}'`);
    }
    this.connection.established({ user: this.user!, vhost, capabilities: this.capabilities, ...this.tuned });
    this.connection.send(0, "connection.open-ok", { reserved: "" });
  }
}

/** A refused login, which is told without the method that it came with. */
export class LoginRefused extends AmqpError {}

/** 0 asks for no limit at all. */
function check(name: string, value: number, smallest: number, largest: number): void {
  if (value !== 0 && value < smallest) {
    throw new AmqpError(
      "NOT_ALLOWED",
      `negotiated ${name} = ${value} is lower than the minimum allowed value (${smallest})`,
    );
  }
  if (value === 0 || value > largest) {
    throw new AmqpError(
      "NOT_ALLOWED",
      `negotiated ${name} = ${value}${value === 0 ? " (no limit)" : ""} is higher than the maximum allowed value (${largest})`,
    );
  }
}

/** "authorization id, user, password", separated by zero bytes. */
function plain(response: string): [string, string] | null {
  const parts = response.split("\0");
  return parts.length === 3 ? [parts[1]!, parts[2]!] : null;
}

/** A field table without its length. */
function amqplain(response: string): [string, string] | null {
  const bytes = Buffer.from(response, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  const fields = new Reader(Buffer.concat([length, bytes])).table();
  const [name, password] = [asText(fields.get("LOGIN")), asText(fields.get("PASSWORD"))];
  return name === undefined || password === undefined ? null : [name, password];
}
