const Koa = require('koa');
const { createContainer, asClass, asFunction, asValue, InjectionMode } = require('awilix');
const { scopePerRequest, makeInvoker } = require('awilix-koa');
const Router = require('@koa/router');

class Users {
  constructor({ database, now }) {
    Object.assign(this, { database, now });
  }
  find(id) {
    return this.database.get(id);
  }
}
const makeApi = ({ users, requester }) => ({
  get: async (ctx) => {
    ctx.body = { user: users.find(ctx.params.id) ?? null, requester };
  },
});
const container = createContainer({ injectionMode: InjectionMode.PROXY });
container.register({ database: asValue(new Map([['1', 'ann']])), now: asFunction(() => () => 0), users: asClass(Users).singleton() });

const api = makeInvoker(makeApi);
const app = new Koa();
const router = new Router();
router.get('/users/:id', api('get'));
app.use(scopePerRequest(container));
app.use((ctx, next) => {
  ctx.state.container.register({ requester: asValue(ctx.get('x-user') || 'nobody') });
  return next();
});
app.use(router.routes());
app.listen(3000);
