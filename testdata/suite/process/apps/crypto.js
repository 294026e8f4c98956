const http = require('http');
const crypto = require('crypto');
const { promisify } = require('util');

const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
const ed = crypto.generateKeyPairSync('ed25519');

const routes = {
  '/hash': () => Object.fromEntries(['md5', 'sha1', 'sha256', 'sha512'].map((name) => [name, crypto.createHash(name).update('abc').digest('hex')])),
  '/hmac': () => crypto.createHmac('sha256', 'key').update('data').digest('base64url'),
  '/cipher': () => {
    const out = {};
    for (const name of ['aes-128-cbc', 'aes-256-ctr', 'aes-256-cbc']) {
      const key = Buffer.alloc(name.includes('128') ? 16 : 32, 1);
      const cipher = crypto.createCipheriv(name, key, Buffer.alloc(16, 2));
      const data = cipher.update('secret text', 'utf8', 'hex') + cipher.final('hex');
      const decipher = crypto.createDecipheriv(name, key, Buffer.alloc(16, 2));
      out[name] = [data, decipher.update(data, 'hex', 'utf8') + decipher.final('utf8')];
    }
    const gcm = crypto.createCipheriv('aes-256-gcm', Buffer.alloc(32, 3), Buffer.alloc(12, 4));
    gcm.setAAD(Buffer.from('aad'));
    out.gcm = Buffer.concat([gcm.update('authenticated'), gcm.final()]).toString('hex') + gcm.getAuthTag().toString('hex');
    return out;
  },
  '/kdf': async () => ({
    pbkdf2: crypto.pbkdf2Sync('password', 'salt', 1000, 32, 'sha512').toString('hex'),
    scrypt: (await promisify(crypto.scrypt)('password', 'salt', 32, { N: 1024 })).toString('hex'),
    hkdf: Buffer.from(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 16)).toString('hex'),
  }),
  '/sign': () => {
    const signature = crypto.createSign('SHA256').update('text').sign(privateKey);
    return {
      rsa: crypto.createVerify('SHA256').update('text').verify(publicKey, signature),
      wrong: crypto.createVerify('SHA256').update('other').verify(publicKey, signature),
      ed25519: crypto.verify(null, Buffer.from('x'), ed.publicKey, crypto.sign(null, Buffer.from('x'), ed.privateKey)),
      encrypted: crypto.privateDecrypt(privateKey, crypto.publicEncrypt(publicKey, Buffer.from('hidden'))).toString(),
      pem: publicKey.export({ type: 'spki', format: 'pem' }).startsWith('-----BEGIN PUBLIC KEY-----'),
      jwk: publicKey.export({ format: 'jwk' }).kty,
    };
  },
  '/random': () => ({ bytes: crypto.randomBytes(8).length, uuid: /^[0-9a-f-]{36}$/.test(crypto.randomUUID()), int: crypto.randomInt(5) < 5, equal: crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')) }),
  '/dh': () => {
    const [a, b] = [crypto.createECDH('prime256v1'), crypto.createECDH('prime256v1')];
    const [pa, pb] = [a.generateKeys(), b.generateKeys()];
    return { ecdh: a.computeSecret(pb).equals(b.computeSecret(pa)), curves: crypto.getCurves().length > 0 };
  },
  '/webcrypto': async () => {
    const key = await crypto.webcrypto.subtle.importKey('raw', Buffer.from('key'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return Buffer.from(await crypto.subtle.sign('HMAC', key, Buffer.from('data'))).toString('hex');
  },
};

http
  .createServer(async (req, res) => {
    const route = routes[req.url];
    if (!route) return res.writeHead(404).end();
    try {
      res.end(JSON.stringify(await route()));
    } catch (err) {
      res.writeHead(500).end(err.stack);
    }
  })
  .listen(process.env.PORT || 3000);
