/** The version of MongoDB whose behaviour is followed, and which clients are told. */
export const VERSION = "7.0.14";
/** The protocol's versions that go with it: drivers use what both sides know. */
export const MAX_WIRE_VERSION = 21;
