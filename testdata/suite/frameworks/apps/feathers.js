const { feathers } = require('@feathersjs/feathers');
const { koa, rest, bodyParser, errorHandler } = require('@feathersjs/koa');
const { memory } = require('@feathersjs/memory');
const { BadRequest } = require('@feathersjs/errors');

const app = koa(feathers());
app.use(errorHandler());
app.use(bodyParser());
app.configure(rest());
app.use('messages', memory({ paginate: { default: 2, max: 5 }, multi: true }));
app.service('messages').hooks({
  before: {
    create: [
      async (context) => {
        if (!context.data.text) throw new BadRequest('text is required');
        context.data.length = context.data.text.length;
      },
    ],
  },
  after: { all: [async (context) => context.app.set('last', context.method)] },
});
app.use('last', { find: async () => ({ last: app.get('last') ?? null }) });
app.listen(3000);
