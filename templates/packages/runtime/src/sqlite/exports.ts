/** The functions of SQLite's WebAssembly build that are used here: its C interface, as https://sqlite.org/c3ref has it. */

/** The address of something in SQLite's memory; 0 is NULL. */
export type Pointer = number;

type Database = Pointer;
type Statement = Pointer;
type Context = Pointer;
type Value = Pointer;
type Code = number;

export interface SqliteExports {
  memory?: never;
  __indirect_function_table: WebAssembly.Table;
  __wasm_call_ctors(): void;
  malloc(size: number): Pointer;
  free(at: Pointer): void;
  emscripten_builtin_memalign(alignment: number, size: number): Pointer;
  sqlite3_initialize(): Code;
  sqlite3_malloc64(size: bigint): Pointer;
  sqlite3_free(at: Pointer): void;
  sqlite3_libversion(): Pointer;
  sqlite3_libversion_number(): number;
  sqlite3_sourceid(): Pointer;
  sqlite3__wasm_enum_json(): Pointer;
  sqlite3__wasm_db_config_ip(db: Database, option: number, value: number, result: Pointer): Code;

  sqlite3_open_v2(name: Pointer, db: Pointer, flags: number, vfs: Pointer): Code;
  sqlite3_close_v2(db: Database): Code;
  sqlite3_errmsg(db: Database): Pointer;
  sqlite3_errstr(code: Code): Pointer;
  sqlite3_extended_errcode(db: Database): Code;
  sqlite3_extended_result_codes(db: Database, on: number): Code;
  sqlite3_error_offset(db: Database): number;
  sqlite3_limit(db: Database, id: number, value: number): number;
  sqlite3_interrupt(db: Database): void;
  sqlite3_get_autocommit(db: Database): number;
  sqlite3_changes64(db: Database): bigint;
  sqlite3_total_changes64(db: Database): bigint;
  sqlite3_last_insert_rowid(db: Database): bigint;
  sqlite3_db_filename(db: Database, name: Pointer): Pointer;
  sqlite3_serialize(db: Database, schema: Pointer, size: Pointer, flags: number): Pointer;
  sqlite3_deserialize(
    db: Database,
    schema: Pointer,
    data: Pointer,
    size: bigint,
    capacity: bigint,
    flags: number,
  ): Code;
  sqlite3_backup_init(to: Database, toName: Pointer, from: Database, fromName: Pointer): Pointer;
  sqlite3_backup_step(backup: Pointer, pages: number): Code;
  sqlite3_backup_remaining(backup: Pointer): number;
  sqlite3_backup_pagecount(backup: Pointer): number;
  sqlite3_backup_finish(backup: Pointer): Code;

  sqlite3_prepare_v3(db: Database, sql: Pointer, size: number, flags: number, statement: Pointer, tail: Pointer): Code;
  sqlite3_step(statement: Statement): Code;
  sqlite3_reset(statement: Statement): Code;
  sqlite3_finalize(statement: Statement): Code;
  sqlite3_clear_bindings(statement: Statement): Code;
  sqlite3_stmt_readonly(statement: Statement): number;
  sqlite3_stmt_status(statement: Statement, counter: number, reset: number): number;
  sqlite3_sql(statement: Statement): Pointer;
  sqlite3_expanded_sql(statement: Statement): Pointer;
  sqlite3_bind_parameter_count(statement: Statement): number;
  sqlite3_bind_parameter_name(statement: Statement, index: number): Pointer;
  sqlite3_bind_null(statement: Statement, index: number): Code;
  sqlite3_bind_int64(statement: Statement, index: number, value: bigint): Code;
  sqlite3_bind_double(statement: Statement, index: number, value: number): Code;
  sqlite3_bind_text(statement: Statement, index: number, text: Pointer, size: number, free: Pointer): Code;
  sqlite3_bind_blob(statement: Statement, index: number, data: Pointer, size: number, free: Pointer): Code;
  sqlite3_column_count(statement: Statement): number;
  sqlite3_column_name(statement: Statement, column: number): Pointer;
  sqlite3_column_decltype(statement: Statement, column: number): Pointer;
  sqlite3_column_origin_name(statement: Statement, column: number): Pointer;
  sqlite3_column_table_name(statement: Statement, column: number): Pointer;
  sqlite3_column_database_name(statement: Statement, column: number): Pointer;
  sqlite3_column_type(statement: Statement, column: number): number;
  sqlite3_column_int64(statement: Statement, column: number): bigint;
  sqlite3_column_double(statement: Statement, column: number): number;
  sqlite3_column_text(statement: Statement, column: number): Pointer;
  sqlite3_column_blob(statement: Statement, column: number): Pointer;
  sqlite3_column_bytes(statement: Statement, column: number): number;

  sqlite3_create_window_function(
    db: Database,
    name: Pointer,
    parameters: number,
    flags: number,
    data: Pointer,
    step: Pointer,
    final: Pointer,
    value: Pointer,
    inverse: Pointer,
    destroy: Pointer,
  ): Code;
  sqlite3_create_function_v2(
    db: Database,
    name: Pointer,
    parameters: number,
    flags: number,
    data: Pointer,
    call: Pointer,
    step: Pointer,
    final: Pointer,
    destroy: Pointer,
  ): Code;
  sqlite3_user_data(context: Context): Pointer;
  sqlite3_aggregate_context(context: Context, size: number): Pointer;
  sqlite3_value_type(value: Value): number;
  sqlite3_value_int64(value: Value): bigint;
  sqlite3_value_double(value: Value): number;
  sqlite3_value_text(value: Value): Pointer;
  sqlite3_value_blob(value: Value): Pointer;
  sqlite3_value_bytes(value: Value): number;
  sqlite3_result_null(context: Context): void;
  sqlite3_result_int64(context: Context, value: bigint): void;
  sqlite3_result_double(context: Context, value: number): void;
  sqlite3_result_text(context: Context, text: Pointer, size: number, free: Pointer): void;
  sqlite3_result_blob(context: Context, data: Pointer, size: number, free: Pointer): void;
  sqlite3_result_error(context: Context, text: Pointer, size: number): void;
  sqlite3_update_hook(db: Database, callback: Pointer, data: Pointer): Pointer;
  sqlite3_trace_v2(db: Database, mask: number, callback: Pointer, data: Pointer): Code;
  sqlite3_set_authorizer(db: Database, callback: Pointer, data: Pointer): Code;
}
