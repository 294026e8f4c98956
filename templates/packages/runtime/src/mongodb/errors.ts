/** MongoDB's error codes that this server answers with, by the names MongoDB gives them. Apps compare both. */
export const CODES = {
  InternalError: 1,
  BadValue: 2,
  NoSuchKey: 4,
  GraphContainsCycle: 5,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  UserNotFound: 11,
  AlreadyInitialized: 23,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  CannotCreateIndex: 67,
  IndexAlreadyExists: 68,
  InvalidIndexSpecificationOption: 197,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  WriteConflict: 112,
  CommandNotSupported: 115,
  DocumentValidationFailure: 121,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  NoReplicationEnabled: 76,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  QueryPlanKilled: 175,
  CommandNotSupportedOnView: 166,
  InvalidPipelineOperator: 168,
  OptionNotSupportedOnView: 167,
  NoSuchTransaction: 251,
  TransactionTooOld: 225,
  TransactionCommitted: 256,
  OperationNotSupportedInTransaction: 263,
  ConversionFailure: 241,
  NotImplemented: 238,
  ChangeStreamHistoryLost: 286,
  MechanismUnavailable: 334,
  DuplicateKey: 11000,
  BSONObjectTooLarge: 10334,
  ExceededMemoryLimit: 146,
  OutOfDiskSpace: 14031,
} as const;

export type CodeName = keyof typeof CODES;

const NAMES = new Map<number, string>(Object.entries(CODES).map(([name, code]) => [code, name]));

/** An error that goes to the client as it is, with MongoDB's code and name. */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the answer or of the write error: `keyPattern`, `keyValue`, `errInfo`. */
  readonly details: Record<string, unknown>;
  readonly labels: readonly string[];

  /** `code` is a name of `CODES`, or one of MongoDB's nameless location numbers (`40324`). */
  constructor(
    code: CodeName | number,
    message: string,
    details: Record<string, unknown> = {},
    labels: readonly string[] = [],
  ) {
    super(message);
    this.name = "MongoError";
    this.code = typeof code === "number" ? code : CODES[code];
    this.codeName = NAMES.get(this.code) ?? `Location${this.code}`;
    this.details = details;
    this.labels = labels;
  }
}

/** Bytes that are not the protocol: the connection has lost its framing and is closed. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProtocolError";
  }
}

export const badValue = (message: string): MongoError => new MongoError("BadValue", message);
export const typeMismatch = (message: string): MongoError => new MongoError("TypeMismatch", message);
export const failedToParse = (message: string): MongoError => new MongoError("FailedToParse", message);

/** The error MongoDB gives for a field of a command with a value of the wrong type. */
export function wrongFieldType(path: string, found: string, expected: string): MongoError {
  return typeMismatch(`BSON field '${path}' is the wrong type '${found}', expected type '${expected}'`);
}
