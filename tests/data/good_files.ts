/** Two files without a finding, and the machine they are for. */

import type { LintTextOptions } from "../../src/document/lint/fixtures.ts";

/** The usual pair of instances and a service. */
export const GOOD = `global_defs {
  router_id lvs1
}
vrrp_script chk {
  script "/bin/true"
  interval 2
}
vrrp_instance VI_1 {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 100
  advert_int 1
  authentication {
    auth_type PASS
    auth_pass hunter2
  }
  virtual_ipaddress {
    10.0.0.1/24
  }
  track_script {
    chk
  }
}
vrrp_instance VI_2 {
  state BACKUP
  interface eth1
  virtual_router_id 52
  priority 90
  virtual_ipaddress {
    10.0.1.1/24 dev eth1
  }
}
virtual_server 10.0.0.1 80 {
  delay_loop 5
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.1.0.1 80 {
    weight 1
    TCP_CHECK {
      connect_timeout 3
    }
  }
  real_server 10.1.0.2 80 {
    weight 1
    TCP_CHECK {
      connect_timeout 3
    }
  }
}
`;

/** What more a file can have: groups, trackers, unicast, names, kinds of checks. */
export const GOOD_LARGE = `global_defs {
  router_id lvs1
  enable_script_security
  vrrp_garp_master_delay 5
}
$NET=10.2.0
vrrp_script chk {
  script "/bin/true"
  interval 2
  user root
}
vrrp_track_process haproxy {
  process haproxy
}
track_file maintenance {
  file /run/maintenance
  weight 0
}
vrrp_sync_group both {
  group {
    inside
    outside
  }
  notify "/bin/true both"
}
vrrp_instance inside {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority 100
  nopreempt
  unicast_src_ip 10.0.0.11
  unicast_peer {
    10.0.0.12
  }
  virtual_ipaddress {
    10.0.0.1/24 dev eth0 label eth0:1
    \${NET}.1/24
  }
  virtual_routes {
    10.5.0.0/16 via 10.0.0.254 dev eth0
  }
  track_interface {
    eth1
  }
  track_script {
    chk
  }
  track_process {
    haproxy
  }
  track_file {
    maintenance
  }
}
vrrp_instance outside {
  state BACKUP
  interface eth1
  virtual_router_id 52
  priority 100
  advert_int 2
  virtual_ipaddress {
    10.0.1.1/24
  }
}
virtual_server_group web {
  10.0.0.1 443
  10.0.0.1 8443
}
virtual_server group web {
  delay_loop 6
  lvs_sched wrr
  lvs_method NAT
  protocol TCP
  quorum 2
  sorry_server 10.1.0.9 443
  real_server 10.1.0.1 443 {
    weight 1
    inhibit_on_failure
    SSL_GET {
      url {
        path /health
        status_code 200
      }
      connect_timeout 3
      retry 2
      delay_before_retry 1
    }
  }
  real_server 10.1.0.2 443 {
    weight 2
    HTTP_GET {
      url {
        path "/health"
        digest 640205b7b0fc66c1ea91c463fac6334d
      }
    }
  }
}
virtual_server fwmark 7 {
  lb_algo rr
  lb_kind DR
  persistence_timeout 300
  real_server 10.1.0.3 {
    MISC_CHECK {
      misc_path "/bin/true"
    }
  }
}
`;

/** The machine. */
export const GOOD_HOST = {
  host: {
    interfaces: new Set(["lo", "eth0", "eth1"]),
    hasProgram: (program: string) => program === "/bin/true",
    hasAccount: () => true,
  },
  addresses: [
    { interface: "eth0", address: "10.0.0.11", prefixLength: 24 },
    { interface: "eth1", address: "10.0.1.11", prefixLength: 24 },
  ],
  off: ["script-security", "checker-not-run"],
} as const satisfies LintTextOptions;
