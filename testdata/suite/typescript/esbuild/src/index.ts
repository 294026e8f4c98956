import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dependenciesOf, Get, routesOf } from '@app/decorators';
import { Clock } from '@app/services/clock';

class Controller {
  constructor(private readonly clock: Clock) {}

  @Get('/year')
  year(): object {
    return { year: this.clock.year };
  }

  @Get('/types')
  types(): object {
    return { clock: dependenciesOf(Clock) };
  }

  @Get('/fails')
  fails(): object {
    throw new TypeError('on purpose');
  }
}

const controller = new Controller(new Clock(new Date('2024-02-29T00:00:00Z')));
const routes = new Map(routesOf(controller).map((route) => [route.path, route.handler as keyof Controller]));

createServer((req: IncomingMessage, res: ServerResponse) => {
  const handler = routes.get(req.url ?? '/');
  const send = (status: number, body: unknown) => res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (!handler) return send(404, { routes: [...routes.keys()] });
  try {
    send(200, controller[handler]());
  } catch (error) {
    const frame = (error as Error).stack?.split('\n')[1] ?? '';
    send(500, { error: (error as Error).message, in: /at (?:Controller|_Controller)\.fails/.test(frame) });
  }
}).listen(Number(process.env.PORT ?? 3000));
