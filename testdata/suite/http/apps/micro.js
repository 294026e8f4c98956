const http = require('node:http');
const { serve, json, send, createError, text, buffer } = require('micro');

const handler = async (req, res) => {
  switch (req.url) {
    case '/json':
      return { got: await json(req, { limit: '1kb' }) };
    case '/text':
      return send(res, 201, await text(req));
    case '/buffer':
      return buffer(req);
    case '/error':
      throw createError(429, 'too many');
    case '/null':
      return null;
    case '/crash':
      throw new Error('hidden');
    default:
      return 'Welcome to Micro';
  }
};
http.createServer(serve(handler)).listen(3000);
