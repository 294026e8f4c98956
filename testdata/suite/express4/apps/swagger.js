const express = require('express');
const swaggerUi = require('swagger-ui-express');
const swaggerJsdoc = require('swagger-jsdoc');

/**
 * @openapi
 * /hello:
 *   get:
 *     description: Says hello
 *     responses:
 *       200:
 *         description: A greeting
 */
const spec = swaggerJsdoc({ definition: { openapi: '3.0.0', info: { title: 'Hello', version: '1.0.0' } }, apis: ['./apps/swagger.js'] });
const app = express();
app.use('/docs', swaggerUi.serve, swaggerUi.setup(spec));
app.get('/spec.json', (req, res) => res.json(spec));
app.get('/hello', (req, res) => res.send('hello'));
app.listen(3000);
