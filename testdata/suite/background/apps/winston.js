const fs = require('fs');
const express = require('express');
const winston = require('winston');
require('winston-daily-rotate-file');
const expressWinston = require('express-winston');

const logger = winston.createLogger({
  level: 'debug',
  format: winston.format.combine(winston.format.errors({ stack: false }), winston.format.splat(), winston.format.json()),
  defaultMeta: { service: 'user-service' },
  transports: [
    new winston.transports.File({ filename: 'logs/error.log', level: 'error' }),
    new winston.transports.File({ filename: 'logs/combined.log' }),
    new winston.transports.Console({ format: winston.format.simple() }),
    new winston.transports.DailyRotateFile({ filename: 'logs/app-%DATE%.log', datePattern: 'YYYY' }),
  ],
});

const app = express();
app.use(expressWinston.logger({ winstonInstance: logger, meta: false, msg: '{{req.method}} {{req.url}} {{res.statusCode}}' }));

app.post('/log/:level', (req, res) => {
  logger.log(req.params.level, 'hello %s', 'distributed', { n: 1 });
  logger.child({ requestId: 'r1' }).info('a child');
  setTimeout(() => res.status(202).end(), 50);
});
app.get('/logs/:name', (req, res, next) => {
  fs.readFile(`logs/${req.params.name}.log`, 'utf8', (err, text) => {
    if (err) return next(err);
    const lines = text.trim().split('\n').filter((line) => line && !line.includes('GET'));
    res.json(lines.map((line) => JSON.parse(line)));
  });
});
app.get('/levels', (req, res) => res.json({ levels: logger.levels, debug: logger.isDebugEnabled() }));
app.use((err, req, res, next) => res.status(404).json({ error: err.code }));

app.listen(process.env.PORT || 3000);
