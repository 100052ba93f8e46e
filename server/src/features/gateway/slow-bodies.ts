import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What node answers by itself while nobody listens to `clientError`. */
const answers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Requests whose body may take longer than the server's `requestTimeout`, because who reads it keeps a clock of its own:
 * a file over a slow line. All others are cut as ever.
 */
export class SlowBodies {
  readonly #allowed = new WeakSet<Duplex>();

  watch(server: Server): void {
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && this.#allowed.has(socket)) return;
      const answering = Reflect.get(socket, '_httpMessage') as { headersSent: boolean } | null | undefined;
      const answered = answering?.headersSent === true;
      if (socket.writable && !answered)
        socket.write(
          `HTTP/1.1 ${answers[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`,
        );
      socket.destroy();
    });
  }

  /** Until `work` is over. */
  async during<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    this.#allowed.add(socket);
    try {
      return await work();
    } finally {
      this.#allowed.delete(socket);
    }
  }
}
