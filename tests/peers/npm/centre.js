// A message centre made of npm's smpp: says what it hears as JSON lines, does what stdin tells it.
'use strict';
const smpp = require('smpp');
const readline = require('readline');

let count = 0;
let throttle = 0;
let receiver = null;
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');

const receipt = (pdu, id) => ({
  source_addr: pdu.destination_addr,
  destination_addr: pdu.source_addr,
  esm_class: 0x04,
  short_message: `id:${id} sub:001 dlvrd:001 submit date:2611220743 done date:2611220744 stat:DELIVRD err:000 text:`,
  receipted_message_id: id,
  message_state: 2,
});

const server = smpp.createServer({}, (session) => {
  session.on('error', (error) => say({ event: 'error', message: String(error.message) }));
  session.on('bind_transceiver', (pdu) => {
    if (pdu.password !== 'secret') {
      say({ event: 'refused', system_id: pdu.system_id });
      session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
      return;
    }
    receiver = session;
    say({ event: 'bound', system_id: pdu.system_id, version: pdu.interface_version });
    session.send(pdu.response({ system_id: 'NODE' }));
  });
  session.on('submit_sm', (pdu) => {
    if (throttle > 0) {
      throttle -= 1;
      say({ event: 'throttled' });
      session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      return;
    }
    count += 1;
    const id = `node${count}`;
    const parts = (pdu.short_message.udh || []).map((one) => Buffer.from(one).toString('hex'));
    say({
      event: 'submit',
      id,
      to: pdu.destination_addr,
      from: pdu.source_addr,
      coding: pdu.data_coding,
      esm: pdu.esm_class,
      registered: pdu.registered_delivery,
      text: pdu.short_message.message,
      udh: parts,
    });
    session.send(pdu.response({ message_id: id }));
    if (pdu.registered_delivery === 1) {
      session.deliver_sm(receipt(pdu, id), (answer) =>
        say({ event: 'receipt answered', id, status: answer.command_status }));
    }
  });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => {
    say({ event: 'unbind' });
    session.send(pdu.response());
    session.close();
  });
});

const orders = {
  say: ({ from, to, text }) =>
    receiver.deliver_sm({ source_addr: from, source_addr_ton: 1, source_addr_npi: 1, destination_addr: to, short_message: text },
      (answer) => say({ event: 'text answered', text, status: answer.command_status })),
  throttle: ({ times }) => { throttle = times; },
  cut: () => receiver.destroy(),
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  orders[order.do](order);
}).on('close', () => process.exit(0));

server.listen(0, '127.0.0.1', () => say({ event: 'listening', port: server.address().port }));
