import type { Network } from "../network";

type Handler = ((event: Event) => void) | null;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** What fetch answers to an upgrade. */
interface Upgraded extends Response {
  webSocket: WebSocket | null;
}

/**
 * The app's global `WebSocket`, a client: workerd's own knows nothing of the project's services. The way to the server is that of
 * the app's fetch, so names of services and the app's own ports are found.
 */
export function createWebSocketClass(network: Network): unknown {
  return class WebSocket extends EventTarget {
    static readonly CONNECTING = CONNECTING;
    static readonly OPEN = OPEN;
    static readonly CLOSING = CLOSING;
    static readonly CLOSED = CLOSED;
    readonly CONNECTING = CONNECTING;
    readonly OPEN = OPEN;
    readonly CLOSING = CLOSING;
    readonly CLOSED = CLOSED;
    readonly url: string;
    readonly extensions = "";
    readonly bufferedAmount = 0;
    protocol = "";
    binaryType: "blob" | "arraybuffer" = "blob";
    readyState = CONNECTING;
    onopen: Handler = null;
    onmessage: Handler = null;
    onerror: Handler = null;
    onclose: Handler = null;
    #socket: globalThis.WebSocket | undefined;

    constructor(url: string | URL, protocols: string | string[] = []) {
      super();
      this.url = new URL(url).href;
      const list = Array.isArray(protocols) ? protocols : [protocols];
      void this.#connect(list.join(", "));
    }

    send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
      if (this.readyState === CONNECTING) throw new DOMException("Still in CONNECTING state", "InvalidStateError");
      if (this.readyState !== OPEN) return;
      if (data instanceof Blob) void data.arrayBuffer().then((bytes) => this.#socket?.send(bytes));
      else this.#socket?.send(data as string);
    }

    close(code?: number, reason?: string): void {
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      if (this.#socket) this.#socket.close(code ?? 1000, reason);
      else this.#fail("the connection was closed before it was established");
    }

    async #connect(protocols: string): Promise<void> {
      const headers: Record<string, string> = { upgrade: "websocket" };
      if (protocols !== "") headers["sec-websocket-protocol"] = protocols;
      try {
        const response = (await network.appFetch(this.url.replace(/^ws/, "http"), { headers })) as Upgraded;
        const socket = response.webSocket;
        if (this.readyState !== CONNECTING) return;
        if (!socket) return this.#fail(`the server answered with status ${response.status}`);
        this.protocol = response.headers.get("sec-websocket-protocol") ?? "";
        this.#join(socket);
      } catch (error) {
        this.#fail(String(error));
      }
    }

    #join(socket: globalThis.WebSocket): void {
      this.#socket = socket;
      socket.addEventListener("message", ({ data }) =>
        this.#tell(new MessageEvent("message", { data: this.#received(data) })),
      );
      socket.addEventListener("close", ({ code, reason, wasClean }) => {
        this.readyState = CLOSED;
        this.#tell(new CloseEvent("close", { code, reason, wasClean }));
      });
      socket.addEventListener("error", () => this.#fail("the connection broke"));
      socket.accept();
      this.readyState = OPEN;
      this.#tell(new Event("open"));
    }

    #received(data: unknown): unknown {
      return typeof data === "string" || this.binaryType === "arraybuffer" ? data : new Blob([data as ArrayBuffer]);
    }

    #fail(message: string): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.#tell(new ErrorEvent("error", { message, error: new Error(message) }));
      this.#tell(new CloseEvent("close", { code: 1006, reason: "", wasClean: false }));
    }

    /** workerd's dispatchEvent calls the property named after the event as well. */
    #tell(event: Event): void {
      this.dispatchEvent(event);
    }
  };
}
