#!/bin/sh
# Plays a phone, a router and a mail server, in namespaces that end with this program; prints what
# became of a connection to each port.  router.sh TABLE PYTHON
set -eu
table=$1 python=$2

mount -t tmpfs none /run
mkdir /run/netns
for name in phone server; do
    ip netns add "$name"
    ip link add "to_$name" type veth peer name wire netns "$name"
    ip -n "$name" link set lo up
    ip -n "$name" link set wire up
    ip link set "to_$name" up
done
ip addr add 10.0.1.1/24 dev to_phone
ip addr add 10.0.2.1/24 dev to_server
ip -n phone addr add 10.0.1.2/24 dev wire
ip -n phone route add default via 10.0.1.1
ip -n server addr add 10.0.2.2/24 dev wire
ip -n server route add default via 10.0.2.1
sysctl -qw net.ipv4.ip_forward=1
nft -f "$table"

ip netns exec server "$python" -c '
import selectors, socket
ready = selectors.DefaultSelector()
for port in (25, 465, 587):
    ready.register(socket.create_server(("10.0.2.2", port)), selectors.EVENT_READ)
print("listening", flush=True)
while True:
    for key, _ in ready.select():
        key.fileobj.accept()[0].close()
' > /run/server &
server=$!
trap 'kill $server' EXIT
while ! grep -q listening /run/server; do sleep 0.05; done

ip netns exec phone "$python" -c '
import socket
for port in (25, 465, 587):
    try:
        socket.create_connection(("10.0.2.2", port), timeout=10).close()
    except ConnectionRefusedError:
        print(f"{port}:refused")
    else:
        print(f"{port}:passed")
'
