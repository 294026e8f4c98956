/**
 * The pages nginx makes itself, byte for byte, with `server_tokens off`: the version is not shown.
 */
const titles: Record<number, string> = {
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Authorization Required",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Not Allowed",
  406: "Not Acceptable",
  408: "Request Time-out",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Request Entity Too Large",
  414: "Request-URI Too Large",
  415: "Unsupported Media Type",
  416: "Requested Range Not Satisfiable",
  421: "Misdirected Request",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};

/** Microsoft's and Google's browsers replace short error pages by their own, so nginx lengthens them. */
const padding = "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n".repeat(6);

/** The page for a status, or null when nginx sends none. */
export function errorPageBody(status: number, userAgent: string, padded: boolean): string | null {
  const title = titles[status];
  if (title === undefined) {
    return null;
  }
  const page =
    `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n` +
    `<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  const wantsPadding = padded && status >= 400 && /MSIE |Chrome\//.test(userAgent);
  return wantsPadding ? page + padding : page;
}
