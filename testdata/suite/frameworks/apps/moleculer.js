const { ServiceBroker, Errors } = require('moleculer');
const ApiService = require('moleculer-web');

const broker = new ServiceBroker({ logger: false });
broker.createService({
  name: 'math',
  actions: {
    add: { params: { a: 'number|convert', b: 'number|convert' }, handler: (ctx) => ctx.params.a + ctx.params.b },
    div(ctx) {
      if (Number(ctx.params.b) === 0) throw new Errors.MoleculerClientError('Divide by zero!', 422);
      return Number(ctx.params.a) / Number(ctx.params.b);
    },
  },
});
broker.createService({ mixins: [ApiService], settings: { port: 3000, routes: [{ path: '/', aliases: { 'GET add': 'math.add', 'GET div': 'math.div' }, mappingPolicy: 'restrict' }] } });
broker.start();
