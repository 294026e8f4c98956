/// <reference path="./fengari.d.ts" />
import "./fengari-settings";
// First of fengari's modules: they import each other in circles, and the others find it half loaded otherwise.
import lua, { type LuaState } from "fengari/src/lua.js";
import lauxlib from "fengari/src/lauxlib.js";
import baseLibrary from "fengari/src/lbaselib.js";
import coroutineLibrary from "fengari/src/lcorolib.js";
import mathLibrary from "fengari/src/lmathlib.js";
import stringLibrary from "fengari/src/lstrlib.js";
import tableLibrary from "fengari/src/ltablib.js";
import { floatsOnly } from "./lua-source";
import { JSON_NULL, type Library, LuaError, LuaTable, type LuaValue } from "./lua-value";

/** Deepest table that crosses the border between Lua and JavaScript. */
const MAX_DEPTH = 1000;

/** What the script's own error handler found out about an error. */
export interface ScriptFailure {
  /** The message, as an error reply's text with its code. */
  message: string;
  /** Where it happened, when that is known. */
  source: string | null;
  line: number;
}

/** A script that could not be compiled or that failed. */
export class ScriptError extends Error {
  readonly failure: ScriptFailure;

  constructor(failure: ScriptFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A compiled chunk, or a function a script handed over. */
export type FunctionReference = number;

/**
 * What of Lua 5.1 has gone in 5.3 and scripts use; and what 5.3 does with integers where 5.1 had one kind of number. Results are
 * made floats by adding 0.0, because the machine's integers wrap around at 32 bits.
 */
const PRELUDE = `
local floor, ceil, tonumber53, type = math.floor, math.ceil, tonumber, type
local sub, rep, byte = string.sub, string.rep, string.byte
local unpack53, concat = table.unpack, table.concat
local function whole(n)
  if type(n) ~= 'number' then return n end
  if n >= 0 then return floor(n) end
  return ceil(n)
end
function math.floor(n) return floor(n) + 0.0 end
function math.ceil(n) return ceil(n) + 0.0 end
function math.pow(a, b) return a ^ b end
function math.log10(n) return math.log(n, 10) end
math.mod = math.fmod
function math.ldexp(m, e) return m * 2.0 ^ e end
function tonumber(value, base)
  local n
  if base then n = tonumber53(value, whole(base)) else n = tonumber53(value) end
  return n and n + 0.0
end
function string.sub(s, i, j) return sub(s, whole(i), whole(j)) end
function string.rep(s, n) return rep(s, whole(n)) end
function string.byte(s, i, j) return byte(s, whole(i), whole(j)) end
string.gfind = string.gmatch
local pcall53 = pcall
local function caught(ok, e, ...)
  -- Redis hands the message of redis.call's errors to whoever catches them, not the table.
  if not ok and type(e) == 'table' and type(e.err) == 'string' then return false, e.err end
  return ok, e, ...
end
function pcall(...) return caught(pcall53(...)) end
function table.concat(t, separator, i, j)
  return concat(t, separator, whole(i) or 1, whole(j) or #t)
end
function table.getn(t) return #t end
function table.maxn(t)
  local max = 0.0
  for key in pairs(t) do if type(key) == 'number' and key > max then max = key end end
  return max
end
function table.foreach(t, f) for k, v in pairs(t) do local r = f(k, v) if r ~= nil then return r end end end
function table.foreachi(t, f) for i, v in ipairs(t) do local r = f(i, v) if r ~= nil then return r end end end
function unpack(t, i, j) return unpack53(t, whole(i) or 1, whole(j) or #t) end
table.unpack, table.pack, table.move = nil, nil, nil
loadfile, dofile, print, load, rawlen, collectgarbage = nil, nil, nil, nil, nil, nil
`;

/** What a library handed to redis.register_function. */
export interface RegisteredFunction {
  name: string;
  reference: FunctionReference;
  flags: string[];
  description: string | null;
}

/** A Lua 5.1 machine for scripts of one server. It has no access to files, to the network or to anything but its libraries. */
export class LuaMachine {
  private readonly L: LuaState = lauxlib.luaL_newstate();

  constructor(libraries: Record<string, Library>) {
    const { L } = this;
    for (const [name, open] of [
      ["_G", baseLibrary.luaopen_base],
      ["string", stringLibrary.luaopen_string],
      ["table", tableLibrary.luaopen_table],
      ["math", mathLibrary.luaopen_math],
      ["coroutine", coroutineLibrary.luaopen_coroutine],
    ] as const) {
      lauxlib.luaL_requiref(L, bytes(name), open, 1);
      lua.lua_pop(L, 1);
    }
    // A defect of a library must end the script and not the machine.
    lua.lua_atnativeerror(L, nativeError);
    this.callChunk(PRELUDE, "@prelude");
    lua.lua_pushcfunction(L, (state) => this.loadString(state));
    lua.lua_setglobal(L, bytes("loadstring"));
    for (const [name, functions] of Object.entries(libraries)) this.install(name, functions);
  }

  /** Sets a global value, such as KEYS. */
  setGlobal(name: string, value: LuaValue): void {
    pushValue(this.L, value);
    lua.lua_setglobal(this.L, bytes(name));
  }

  /** Adds functions to a global table, making it when there is none. */
  install(name: string, functions: Library, constants: Record<string, LuaValue> = {}): void {
    const { L } = this;
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, 2);
    if (lua.lua_getfield(L, -1, bytes(name)) !== lua.LUA_TTABLE) {
      lua.lua_pop(L, 1);
      lua.lua_createtable(L, 0, 0);
    }
    for (const [functionName, run] of Object.entries(functions)) {
      lua.lua_pushcfunction(L, (state) => callLibrary(state, run));
      lua.lua_setfield(L, -2, bytes(functionName));
    }
    for (const [constantName, value] of Object.entries(constants)) {
      pushValue(L, value);
      lua.lua_setfield(L, -2, bytes(constantName));
    }
    lua.lua_setfield(L, -2, bytes(name));
    lua.lua_pop(L, 1);
  }

  /** Compiles a script; its globals are read-only. Throws a ScriptError with the compiler's message. */
  compile(source: Buffer, name: string): FunctionReference {
    const { L } = this;
    this.load(source.toString("latin1"), name);
    // A new _ENV for each script: reads go to the globals, writes are refused.
    this.pushReadOnlyGlobals();
    lua.lua_setupvalue(L, -2, 1);
    return lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
  }

  /** Runs a library's code, during which it may register functions, and returns those. */
  loadLibrary(code: Buffer): RegisteredFunction[] {
    const { L } = this;
    const registered: RegisteredFunction[] = [];
    this.setRegister((state) => {
      registered.push(readRegistration(state));
      return 0;
    });
    const reference = this.compile(code, "@user_function");
    try {
      this.call(reference);
    } finally {
      this.setRegister((state) => raise(state, "redis.register_function can only be called on FUNCTION LOAD command"));
      lauxlib.luaL_unref(L, lua.LUA_REGISTRYINDEX, reference);
    }
    return registered;
  }

  private setRegister(register: (L: LuaState) => number): void {
    const { L } = this;
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, 2);
    lua.lua_getfield(L, -1, bytes("redis"));
    lua.lua_pushcfunction(L, register);
    lua.lua_setfield(L, -2, bytes("register_function"));
    lua.lua_pop(L, 2);
  }

  /** Calls a function with values and returns its first result. Throws a ScriptError when it fails. */
  call(reference: FunctionReference, args: readonly LuaValue[] = []): LuaValue {
    const { L } = this;
    const top = lua.lua_gettop(L);
    try {
      lua.lua_pushcfunction(L, describeError);
      lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, reference);
      for (const arg of args) pushValue(L, arg);
      if (lua.lua_pcall(L, args.length, 1, top + 1) !== lua.LUA_OK) throw failureAtTop(L);
      return readValue(L, -1, 0);
    } finally {
      lua.lua_settop(L, top);
    }
  }

  /** Lua's loadstring(code, name): the function, or nil and a message. */
  private loadString(L: LuaState): number {
    const source = textAt(L, 1);
    try {
      lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, this.compile(Buffer.from(source, "latin1"), `=${source}`));
      return 1;
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      lua.lua_pushnil(L);
      pushValue(L, Buffer.from(error.message, "latin1"));
      return 2;
    }
  }

  private load(source: string, name: string): void {
    const code = Buffer.from(floatsOnly(source), "latin1");
    if (lauxlib.luaL_loadbuffer(this.L, code, code.length, bytes(name)) === lua.LUA_OK) return;
    const message = textAt(this.L, -1);
    lua.lua_pop(this.L, 1);
    throw new ScriptError({ message, source: null, line: 0 });
  }

  private callChunk(source: string, name: string): void {
    // The prelude is written for 5.3 and is not rewritten.
    const code = Buffer.from(source);
    if (lauxlib.luaL_loadbuffer(this.L, code, code.length, bytes(name)) !== lua.LUA_OK) {
      throw new Error(textAt(this.L, -1));
    }
    lua.lua_call(this.L, 0, 0);
  }

  private pushReadOnlyGlobals(): void {
    const { L } = this;
    lua.lua_createtable(L, 0, 0);
    lua.lua_createtable(L, 0, 3);
    lua.lua_pushcfunction(L, readGlobal);
    lua.lua_setfield(L, -2, bytes("__index"));
    lua.lua_pushcfunction(L, (state) => raise(state, "Attempt to modify a readonly table"));
    lua.lua_setfield(L, -2, bytes("__newindex"));
    lua.lua_pushboolean(L, false);
    lua.lua_setfield(L, -2, bytes("__metatable"));
    setMetatable(L);
  }
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** setmetatable(table, metatable) for the two values on top; the table stays. */
function setMetatable(L: LuaState): void {
  lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, 2);
  lua.lua_getfield(L, -1, bytes("setmetatable"));
  lua.lua_pushvalue(L, -4);
  lua.lua_pushvalue(L, -4);
  lua.lua_call(L, 2, 0);
  lua.lua_pop(L, 2);
}

/** __index of the globals: a name that is not there is a mistake, not nil. */
function readGlobal(L: LuaState): number {
  const name = lua.lua_tostring(L, 2);
  lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, 2);
  if (name !== null && lua.lua_getfield(L, -1, name) !== lua.LUA_TNIL) return 1;
  const shown = name === null ? "?" : Buffer.from(name).toString("latin1");
  return raise(L, `Script attempted to access nonexistent global variable '${shown}'`);
}

/** Raises an error with the place in the script before its message. */
function raise(L: LuaState, message: string): never {
  lauxlib.luaL_where(L, 1);
  const place = textAt(L, -1);
  pushValue(L, Buffer.from(place + message, "latin1"));
  return lua.lua_error(L);
}

function callLibrary(L: LuaState, run: (args: LuaValue[]) => LuaValue[]): number {
  let results: LuaValue[];
  try {
    const args = Array.from({ length: lua.lua_gettop(L) }, (_, i) => readValue(L, i + 1, 0));
    results = run(args);
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    if (error.value === null) return raise(L, error.message);
    pushValue(L, error.value);
    return lua.lua_error(L);
  }
  lua.lua_checkstack(L, results.length + 10);
  for (const result of results) pushValue(L, result);
  return results.length;
}

/** A JavaScript error that passed through the machine, as a Lua error message. */
function nativeError(L: LuaState): number {
  const error = lua.lua_touserdata(L, 1);
  pushValue(L, Buffer.from(error instanceof Error ? error.message : String(error)));
  return 1;
}

/** The message handler: turns an error into a table with its message and the place where it happened. */
function describeError(L: LuaState): number {
  const info = new lua.lua_Debug();
  const at = (level: number) => lua.lua_getstack(L, level, info) !== 0 && lua.lua_getinfo(L, bytes("nSl"), info) !== 0;
  // The error may come from a library function that the script called.
  const known = at(1) && (info.currentline >= 0 || at(2));
  const error = lua.lua_type(L, 1) === lua.LUA_TTABLE ? readValue(L, 1, 0) : undefined;
  const own = error instanceof LuaTable ? error.field("err") : undefined;
  const message = own instanceof Uint8Array ? own : Buffer.from(`ERR ${textAt(L, 1)}`, "latin1");
  const place = known ? { source: Buffer.from(cString(info.source)), line: info.currentline } : {};
  pushValue(L, LuaTable.fromFields({ err: message, ...place }));
  return 1;
}

/** The arguments of redis.register_function: a name and a function, or a table that names them. */
function readRegistration(L: LuaState): RegisteredFunction {
  if (lua.lua_gettop(L) === 1 && lua.lua_type(L, 1) === lua.LUA_TTABLE) {
    const fields = readValue(L, 1, 0) as LuaTable;
    const flags = fields.field("flags");
    const description = fields.field("description");
    lua.lua_getfield(L, 1, bytes("callback"));
    return {
      name: registeredName(L, fields.field("function_name")),
      flags: flags instanceof LuaTable ? flags.list().map(String) : [],
      description: description instanceof Uint8Array ? description.toString("latin1") : null,
      reference: referToFunction(L),
    };
  }
  if (lua.lua_gettop(L) !== 2) return raise(L, "wrong number of arguments to redis.register_function");
  return { name: registeredName(L, readValue(L, 1, 0)), flags: [], description: null, reference: referToFunction(L) };
}

function registeredName(L: LuaState, value: LuaValue): string {
  if (!(value instanceof Uint8Array)) {
    return raise(L, "function_name argument given to redis.register_function must be a string");
  }
  return value.toString("latin1");
}

/** Keeps the function on top of the stack. */
function referToFunction(L: LuaState): FunctionReference {
  if (lua.lua_type(L, -1) !== lua.LUA_TFUNCTION) {
    return raise(L, "callback argument given to redis.register_function must be a function");
  }
  return lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
}

function cString(text: Uint8Array): Uint8Array {
  const end = text.indexOf(0);
  return end < 0 ? text : text.subarray(0, end);
}

function failureAtTop(L: LuaState): ScriptError {
  const error = lua.lua_type(L, -1) === lua.LUA_TTABLE ? readValue(L, -1, 0) : undefined;
  if (!(error instanceof LuaTable)) {
    return new ScriptError({ message: `ERR ${textAt(L, -1)}`, source: null, line: 0 });
  }
  const [message, source, line] = [error.field("err"), error.field("source"), error.field("line")];
  return new ScriptError({
    message: message instanceof Uint8Array ? message.toString("latin1") : "ERR unknown error",
    source: source instanceof Uint8Array ? source.toString("latin1") : null,
    line: typeof line === "number" ? line : 0,
  });
}

function textAt(L: LuaState, index: number): string {
  const text = lua.lua_tostring(L, index);
  return text === null ? "(error object is not a string)" : Buffer.from(text).toString("latin1");
}

function pushValue(L: LuaState, value: LuaValue): void {
  lua.lua_checkstack(L, 6);
  if (value === undefined) lua.lua_pushnil(L);
  else if (typeof value === "boolean") lua.lua_pushboolean(L, value);
  else if (typeof value === "number") lua.lua_pushnumber(L, value);
  else if (value === JSON_NULL) lua.lua_pushlightuserdata(L, JSON_NULL);
  else if (value instanceof LuaTable) {
    lua.lua_createtable(L, 0, 0);
    for (const [key, item] of value.entries) {
      pushValue(L, key);
      pushValue(L, item);
      lua.lua_rawset(L, -3);
    }
  } else {
    // A plain Uint8Array of its own: the machine keeps what it is given.
    lua.lua_pushlstring(L, new Uint8Array(value), value.length);
  }
}

function readValue(L: LuaState, index: number, depth: number): LuaValue {
  switch (lua.lua_type(L, index)) {
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(L, index);
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(L, index);
    case lua.LUA_TSTRING:
      return Buffer.from(lua.lua_tostring(L, index)!);
    case lua.LUA_TLIGHTUSERDATA:
      return JSON_NULL;
    case lua.LUA_TTABLE:
      return readTable(L, index, depth);
    default:
      return undefined;
  }
}

function readTable(L: LuaState, index: number, depth: number): LuaTable {
  if (depth >= MAX_DEPTH) throw new LuaError("reached lua stack limit");
  lua.lua_checkstack(L, 6);
  const table = index < 0 ? lua.lua_gettop(L) + 1 + index : index;
  const entries: [LuaValue, LuaValue][] = [];
  lua.lua_pushnil(L);
  while (lua.lua_next(L, table) !== 0) {
    entries.push([readValue(L, -2, depth + 1), readValue(L, -1, depth + 1)]);
    lua.lua_pop(L, 1);
  }
  return new LuaTable(entries);
}
