// Read by Node before a server that we start: whatever host its code names, it listens on 127.0.0.1 only, and it calls
// nobody outside this machine.
'use strict'
const net = require('node:net')

const HOST = '127.0.0.1'
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  const first = given[0]
  if (first !== null && typeof first === 'object' && 'port' in first) {
    given[0] = { ...first, host: HOST }
  } else if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    given = [{ port: Number(first), host: HOST }, ...given.filter((one) => typeof one === 'function')]
  }
  return listen.apply(this, given)
}

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...given) {
  const options = Array.isArray(given[0]) ? given[0][0] : given[0]
  const host = options !== null && typeof options === 'object' ? (options.path ? HOST : options.host) : given[1]
  if (typeof host === 'string' && !LOCAL.test(host)) {
    const error = new Error(`no network: ${host} is not on this machine`)
    error.code = 'ENETUNREACH'
    process.nextTick(() => this.destroy(error))
    return this
  }
  return connect.apply(this, given)
}
