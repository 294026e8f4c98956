/**
 * Tables of the broker.
 *
 * A message is one row for each queue it is in, so that the common case, one queue, costs one row to publish and one to
 * acknowledge. Its primary key holds the queue and the place in it: another index would be another row written.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS exchanges (
  vhost TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  durable INTEGER NOT NULL,
  auto_delete INTEGER NOT NULL,
  internal INTEGER NOT NULL,
  arguments BLOB NOT NULL,
  PRIMARY KEY (vhost, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queues (
  id INTEGER PRIMARY KEY,
  vhost TEXT NOT NULL,
  name TEXT NOT NULL,
  durable INTEGER NOT NULL,
  auto_delete INTEGER NOT NULL,
  -- of a connection, so it is not taken up again
  exclusive INTEGER NOT NULL,
  arguments BLOB NOT NULL,
  -- messages up to this place may have been delivered
  delivered INTEGER NOT NULL,
  -- Unix milliseconds since when nobody uses it; NULL: not known
  unused_since INTEGER
);
CREATE TABLE IF NOT EXISTS bindings (
  vhost TEXT NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  destination TEXT NOT NULL,
  routing_key TEXT NOT NULL,
  arguments BLOB NOT NULL,
  PRIMARY KEY (vhost, source, kind, destination, routing_key, arguments)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
  -- queue * 2^33 + place in the queue
  id INTEGER PRIMARY KEY,
  exchange TEXT NOT NULL,
  -- separated by zero bytes
  routing_keys TEXT NOT NULL,
  properties BLOB NOT NULL,
  -- what exceeds a row is in message_parts
  body BLOB NOT NULL,
  size INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  -- Unix milliseconds; 0: never
  expires INTEGER NOT NULL,
  redelivered INTEGER NOT NULL,
  returns INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS message_parts (
  message INTEGER NOT NULL,
  part INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (message, part)
);
CREATE TABLE IF NOT EXISTS delayed (
  id INTEGER PRIMARY KEY,
  vhost TEXT NOT NULL,
  due INTEGER NOT NULL,
  exchange TEXT NOT NULL,
  routing_keys TEXT NOT NULL,
  properties BLOB NOT NULL,
  body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
`;
