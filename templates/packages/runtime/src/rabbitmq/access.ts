/** Users and what they may do. */
import { accessRefused } from "./errors";
import { fromBinary, toBinary } from "./wire";

export interface Permission {
  user: string;
  vhost: string;
  /** Regular expressions over the names of exchanges and queues. */
  configure: string;
  write: string;
  read: string;
}

export interface User {
  name: string;
  password: string;
  tags: string[];
}

export type Action = "configure" | "write" | "read";

type Rules = Record<Action, RegExp>;

/** The name under which permissions know the default exchange. */
const DEFAULT_EXCHANGE = "amq.default";

export class Access {
  private readonly users: Map<string, User>;
  private readonly rules = new Map<string, Rules>();

  constructor(users: User[], permissions: Permission[]) {
    this.users = new Map(users.map((user) => [user.name, user]));
    for (const { user, vhost, configure, write, read } of permissions) {
      this.rules.set(JSON.stringify([user, vhost]), {
        configure: pattern(configure),
        write: pattern(write),
        read: pattern(read),
      });
    }
  }

  /** The user of that name and password, both as bytes; undefined: refused. */
  authenticate(name: string, password: string): User | undefined {
    const user = this.users.get(fromBinary(name));
    return user !== undefined && toBinary(user.password) === password ? user : undefined;
  }

  mayEnter(user: User, vhost: string): boolean {
    return this.rules.has(JSON.stringify([user.name, fromBinary(vhost)]));
  }

  /** Throws when the user may not do that. */
  check(user: User, vhost: string, kind: "queue" | "exchange", name: string, action: Action): void {
    const known = kind === "exchange" && name === "" ? DEFAULT_EXCHANGE : name;
    const rules = this.rules.get(JSON.stringify([user.name, fromBinary(vhost)]));
    if (rules?.[action].test(fromBinary(known))) return;
    throw accessRefused(`access to ${kind} '${known}' in vhost '${vhost}' refused for user '${toBinary(user.name)}'`);
  }
}

/** As in RabbitMQ, an empty pattern fits nothing but the empty name. */
function pattern(text: string): RegExp {
  try {
    return new RegExp(text === "" ? "^$" : text, "u");
  } catch {
    throw new Error(`The permission pattern ${JSON.stringify(text)} is no regular expression`);
  }
}
