const http = require('http');
const vm = require('vm');

http
  .createServer((req, res) => {
    const url = new URL(req.url, 'http://x');
    const reply = (value) => res.end(JSON.stringify(value));
    try {
      if (url.pathname === '/new') return reply(vm.runInNewContext(url.searchParams.get('code'), { a: 2, list: [1, 2, 3] }));
      if (url.pathname === '/context') {
        const context = vm.createContext({ count: 1 });
        const script = new vm.Script('count += 1; var added = count * 10; function f() { return added; } typeof process');
        const type = script.runInContext(context);
        script.runInContext(context);
        return reply({ type, count: context.count, added: context.added, f: context.f(), isContext: vm.isContext(context) });
      }
      if (url.pathname === '/this') return reply(vm.runInThisContext('typeof Array.isArray + (1 + 1)'));
      if (url.pathname === '/compile') return reply(vm.compileFunction('return a * b', ['a', 'b'])(6, 7));
      reply(new vm.Script('a b').runInThisContext());
    } catch (err) {
      res.statusCode = 400;
      reply({ name: err.name });
    }
  })
  .listen(process.env.PORT || 3000);
