/**
 * workerd's own fetch classes, taken before the app runs. Apps replace the globals (@hono/node-server does, with classes of its
 * own that only look like these), and workerd takes nothing but its own.
 */
const NativeHeaders = Headers;
type NativeHeaders = Headers;
const NativeRequest = Request;
type NativeRequest = Request;
const NativeResponse = Response;
type NativeResponse = Response;

export { NativeHeaders as Headers, NativeRequest as Request, NativeResponse as Response };
