/** Users. Roles are kept and listed; every user may do everything. */
import { type Doc, isDocument } from "../bson/values";
import { badValue, MongoError } from "../errors";
import type { CommandContext, CommandTable } from "../session";
import { equalValues } from "../values/compare";

function nameOf({ body, name }: CommandContext): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw badValue("Username cannot be empty");
  return value;
}

function roles({ body }: CommandContext): unknown[] {
  if (!Array.isArray(body.roles)) throw new MongoError("BadValue", '"roles" array is required');
  return body.roles;
}

const createUser = (context: CommandContext): Doc => {
  const { server, body, db } = context;
  if (typeof body.pwd !== "string")
    throw badValue(
      'Must provide a "pwd" field for all user documents, except those with "$external" as the user\'s source db',
    );
  server.users.create(db, nameOf(context), body.pwd, roles(context), body);
  return {};
};

const updateUser = (context: CommandContext): Doc => {
  const { body } = context;
  const change = {
    ...(typeof body.pwd === "string" ? { password: body.pwd } : {}),
    ...(Array.isArray(body.roles) ? { roles: body.roles as unknown[] } : {}),
    ...(body.customData === undefined ? {} : { customData: body.customData }),
  };
  if (Object.keys(change).length === 0) throw badValue("Must specify at least one field to update in updateUser");
  context.server.users.update(context.db, nameOf(context), change);
  return {};
};

const changeRoles =
  (change: (known: unknown[], given: unknown[]) => unknown[]) =>
  (context: CommandContext): Doc => {
    const { server, db } = context;
    const name = nameOf(context);
    const given = roles(context).map((role) => (typeof role === "string" ? { role, db } : role));
    server.users.update(db, name, { roles: change(server.users.rolesOf(db, name), given) });
    return {};
  };

const usersInfo = (context: CommandContext): Doc => {
  const { server, body, db } = context;
  const wanted = body.usersInfo;
  const all = server.users.list(isDocument(wanted) && wanted.forAllDBs === true ? null : db);
  if (wanted === 1 || (isDocument(wanted) && wanted.forAllDBs === true)) return { users: all };
  const names = (Array.isArray(wanted) ? wanted : [wanted]).map((one) =>
    isDocument(one) ? { user: one.user, db: one.db ?? db } : { user: one, db },
  );
  const users = server.users
    .list(null)
    .filter((user) => names.some((name) => name.user === user.user && name.db === user.db));
  return { users };
};

export const USERS: CommandTable = {
  createUser,
  updateUser,
  dropUser: (context) => {
    context.server.users.drop(context.db, nameOf(context));
    return {};
  },
  dropAllUsersFromDatabase: ({ server, db }) => ({ n: server.users.dropAll(db) }),
  grantRolesToUser: changeRoles((known, given) => [...known, ...given]),
  revokeRolesFromUser: changeRoles((known, given) =>
    known.filter((role) => !given.some((one) => equalValues(one, role))),
  ),
  usersInfo,
  rolesInfo: () => ({ roles: [] }),
  createRole: () => ({}),
  dropRole: () => ({}),
};
