/*
 * Preloaded into Debian's keepalived: every IPVS operation succeeds, and the table is empty, on a kernel without
 * IPVS. Only what keepalived calls of libnl for IPVS is here; callbacks get no message.
 */
#include <stddef.h>

typedef int (*heard)(void *message, void *argument);

/* enum nl_cb_type (netlink/handlers.h) */
enum { FINISH = 1, ACK = 4, TYPES = 11 };

static struct {
	heard call;
	void *argument;
} callbacks[TYPES];

static void tell(int type)
{
	if (callbacks[type].call != NULL)
		callbacks[type].call(NULL, callbacks[type].argument);
}

int genl_connect(void *socket) { return 0; }
int genl_ctrl_resolve(void *socket, const char *family) { return 30; }
int nl_socket_modify_err_cb(void *socket, int kind, void *call, void *argument) { return 0; }
int nl_send_auto(void *socket, void *message) { return 16; }

int nl_socket_modify_cb(void *socket, int type, int kind, heard call, void *argument)
{
	if (type >= 0 && type < TYPES) {
		callbacks[type].call = call;
		callbacks[type].argument = argument;
	}
	return 0;
}

int nl_recvmsgs_default(void *socket)
{
	tell(FINISH);
	tell(ACK);
	return 0;
}
