/** The parts of fengari, a Lua 5.3 virtual machine in JavaScript, that are used here. It comes without types. */
declare module "fengari/src/lua.js" {
  /** A Lua thread; opaque. */
  export interface LuaState {
    readonly __luaState: unique symbol;
  }
  export interface LuaDebug {
    source: Uint8Array;
    what: Uint8Array;
    currentline: number;
  }
  export type LuaFunction = (L: LuaState) => number;
  const lua: {
    LUA_OK: number;
    LUA_MULTRET: number;
    LUA_TFUNCTION: number;
    LUA_TNIL: number;
    LUA_TBOOLEAN: number;
    LUA_TLIGHTUSERDATA: number;
    LUA_TNUMBER: number;
    LUA_TSTRING: number;
    LUA_TTABLE: number;
    LUA_REGISTRYINDEX: number;
    lua_atnativeerror(L: LuaState, f: LuaFunction): void;
    lua_call(L: LuaState, args: number, results: number): void;
    lua_checkstack(L: LuaState, count: number): boolean;
    lua_createtable(L: LuaState, array: number, record: number): void;
    lua_error(L: LuaState): never;
    lua_getfield(L: LuaState, index: number, name: Uint8Array): number;
    lua_getinfo(L: LuaState, what: Uint8Array, info: LuaDebug): number;
    lua_getstack(L: LuaState, level: number, info: LuaDebug): number;
    lua_gettop(L: LuaState): number;
    lua_next(L: LuaState, index: number): number;
    lua_pcall(L: LuaState, args: number, results: number, handler: number): number;
    lua_pop(L: LuaState, count: number): void;
    lua_pushboolean(L: LuaState, value: boolean): void;
    lua_pushcfunction(L: LuaState, f: LuaFunction): void;
    lua_pushlightuserdata(L: LuaState, value: unknown): void;
    lua_pushlstring(L: LuaState, bytes: Uint8Array, length: number): void;
    lua_pushnil(L: LuaState): void;
    lua_pushnumber(L: LuaState, value: number): void;
    lua_pushvalue(L: LuaState, index: number): void;
    lua_rawgeti(L: LuaState, index: number, n: number): number;
    lua_rawset(L: LuaState, index: number): void;
    lua_setfield(L: LuaState, index: number, name: Uint8Array): void;
    lua_setglobal(L: LuaState, name: Uint8Array): void;
    lua_settop(L: LuaState, index: number): void;
    lua_setupvalue(L: LuaState, index: number, n: number): Uint8Array | null;
    lua_toboolean(L: LuaState, index: number): boolean;
    lua_tonumber(L: LuaState, index: number): number;
    lua_tostring(L: LuaState, index: number): Uint8Array | null;
    lua_touserdata(L: LuaState, index: number): unknown;
    lua_type(L: LuaState, index: number): number;
    lua_Debug: new () => LuaDebug;
  };
  export default lua;
}

declare module "fengari/src/lauxlib.js" {
  import type { LuaFunction, LuaState } from "fengari/src/lua.js";
  const lauxlib: {
    luaL_loadbuffer(L: LuaState, code: Uint8Array, length: number, chunkName: Uint8Array): number;
    luaL_newstate(): LuaState;
    luaL_ref(L: LuaState, table: number): number;
    luaL_requiref(L: LuaState, name: Uint8Array, open: LuaFunction, global: number): void;
    luaL_unref(L: LuaState, table: number, reference: number): void;
    luaL_where(L: LuaState, level: number): void;
  };
  export default lauxlib;
}

declare module "fengari/src/lbaselib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  const library: { luaopen_base: LuaFunction };
  export default library;
}

declare module "fengari/src/lmathlib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  const library: { luaopen_math: LuaFunction };
  export default library;
}

declare module "fengari/src/lstrlib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  const library: { luaopen_string: LuaFunction };
  export default library;
}

declare module "fengari/src/ltablib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  const library: { luaopen_table: LuaFunction };
  export default library;
}

declare module "fengari/src/lcorolib.js" {
  import type { LuaFunction } from "fengari/src/lua.js";
  const library: { luaopen_coroutine: LuaFunction };
  export default library;
}
