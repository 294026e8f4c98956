/** The CRC-64 of Redis's dumps (Jones's polynomial, reflected), in halves of 32 bits: BigInt would be a hundred times slower. */
const POLYNOMIAL = { high: 0x95ac9329, low: 0xac4bc9b5 };

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) {
      low ^= POLYNOMIAL.low;
      high ^= POLYNOMIAL.high;
    }
  }
  return { high: high >>> 0, low: low >>> 0 };
});

/** The checksum as it stands at the end of a dump: eight bytes, the lowest first. */
export function crc64(bytes: Uint8Array): Buffer {
  let high = 0;
  let low = 0;
  for (const byte of bytes) {
    const entry = TABLE[(low ^ byte) & 0xff]!;
    low = ((low >>> 8) | (high << 24)) ^ entry.low;
    high = (high >>> 8) ^ entry.high;
  }
  const checksum = Buffer.alloc(8);
  checksum.writeUInt32LE(low >>> 0, 0);
  checksum.writeUInt32LE(high >>> 0, 4);
  return checksum;
}
