/* SCTP where the kernel has none: sockets of protocol 132 become TCP.  Preloaded into osmo-msc. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum { SCTP = 132 };

int socket(int family, int type, int protocol)
{
	int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");
	if (protocol != SCTP)
		return real(family, type, protocol);
	return real(family, (type & ~0xf) | SOCK_STREAM, 0);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");
	return level == SCTP ? 0 : real(fd, level, name, value, size);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	int (*real)(int, int, int, void *, socklen_t *) = dlsym(RTLD_NEXT, "getsockopt");
	if (level != SCTP)
		return real(fd, level, name, value, size);
	memset(value, 0, *size);
	return 0;
}

static socklen_t size_of(const struct sockaddr *address)
{
	return address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

int sctp_bindx(int fd, struct sockaddr *addresses, int count, int flags)
{
	(void)count, (void)flags;
	return bind(fd, addresses, size_of(addresses));
}

int sctp_connectx(int fd, struct sockaddr *addresses, int count, void *id)
{
	(void)count, (void)id;
	return connect(fd, addresses, size_of(addresses));
}
