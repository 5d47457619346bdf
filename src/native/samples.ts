/**
 * Samples of everything that passes the boundary, written by the core: do not edit, run
 * `UPDATE_PROTOCOL=1 cargo test agreement` instead.
 */

// deno-fmt-ignore-file
import type { Call, Event, Reply } from "../core/protocol.ts";

/** Every call. */
export const CALLS: readonly Call[] = [
  {"call":"listen","ifindex":2,"ifname":"eth0","channels":["vrrp4","ah4","vrrp6"],"groups":["224.0.0.18"],"receiveBuffer":65536},
  {"call":"unlisten","ifindex":2},
  {"call":"transmit","order":1,"ifindex":2,"packets":[{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"plain"}}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo"}},"seal":{"kind":"ah","key":"5ec2e7","coversTtl":true}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo-to","destination":"224.0.0.18"}},"seal":{"kind":"trailer","id":7,"key":"5ec2e7"}}],"interval":1000000,"immediately":true,"lease":3000000,"patience":3000000,"farewell":[{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"plain"}}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo"}},"seal":{"kind":"ah","key":"5ec2e7","coversTtl":true}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo-to","destination":"224.0.0.18"}},"seal":{"kind":"trailer","id":7,"key":"5ec2e7"}}],"withdraw":[{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}],"keep":1100000},
  {"call":"prepare","watches":[{"order":2,"seq":1}],"calls":[{"call":"transmit","order":2,"ifindex":2,"packets":[{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"plain"}}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo"}},"seal":{"kind":"ah","key":"5ec2e7","coversTtl":true}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo-to","destination":"224.0.0.18"}},"seal":{"kind":"trailer","id":7,"key":"5ec2e7"}}],"interval":1000000,"immediately":true,"lease":3000000,"farewell":[{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"plain"}}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo"}},"seal":{"kind":"ah","key":"5ec2e7","coversTtl":true}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo-to","destination":"224.0.0.18"}},"seal":{"kind":"trailer","id":7,"key":"5ec2e7"}}],"withdraw":[{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}],"keep":1100000}],"ops":[{"op":"add","address":{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}}],"places":[{"ifindex":2,"addresses":["10.23.8.80"],"repeat":5}]},
  {"call":"withhold","order":2},
  {"call":"leave","within":30000000},
  {"call":"cease","order":1,"farewell":true,"handover":false},
  {"call":"renew"},
  {"call":"settle"},
  {"call":"send","order":1,"ifindex":2,"packets":[{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"plain"}}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo"}},"seal":{"kind":"ah","key":"5ec2e7","coversTtl":true}},{"channel":"vrrp4","source":"10.23.8.80","destinations":["224.0.0.18"],"ttl":255,"hex":"2133640001010000","checksum":{"at":6,"cover":{"kind":"pseudo-to","destination":"224.0.0.18"}},"seal":{"kind":"trailer","id":7,"key":"5ec2e7"}}]},
  {"call":"watch","order":2,"seq":1,"ifindex":2,"tags":[{"channel":"vrrp4","at":1,"size":1,"value":51}],"verify":{"kind":"vrrp","version":2,"interval":1,"ttl":255,"proof":{"kind":"none"},"covers":[{"kind":"plain"}],"group":"224.0.0.18","deaf":false,"peers":[{"address":"10.23.8.80","minTtl":254,"maxTtl":255}],"lesser":{"from":1,"below":100,"source":"10.23.8.80","every":100000}},"expect":{"source":"10.23.8.80","destination":"224.0.0.18","ttl":255,"hex":"2133"},"hears":{"destination":"224.0.0.18","sources":["10.23.8.80"]},"timeout":3609375,"rearm":3609375},
  {"call":"watch","order":2,"seq":1,"ifindex":2,"tags":[{"channel":"vrrp4","at":1,"size":1,"value":51}],"verify":{"kind":"vrrp","version":2,"interval":1,"ttl":255,"proof":{"kind":"pass","key":"5ec2e7"},"covers":[{"kind":"plain"}],"group":"224.0.0.18","deaf":false,"peers":[{"address":"10.23.8.80","minTtl":254,"maxTtl":255}],"lesser":{"from":1,"below":100,"source":"10.23.8.80","every":100000}},"expect":{"source":"10.23.8.80","destination":"224.0.0.18","ttl":255,"hex":"2133"},"hears":{"destination":"224.0.0.18","sources":["10.23.8.80"]},"timeout":3609375,"rearm":3609375},
  {"call":"watch","order":2,"seq":1,"ifindex":2,"tags":[{"channel":"vrrp4","at":1,"size":1,"value":51}],"verify":{"kind":"vrrp","version":2,"interval":1,"ttl":255,"proof":{"kind":"ah","key":"5ec2e7","coversTtl":true},"covers":[{"kind":"plain"}],"group":"224.0.0.18","deaf":false,"peers":[{"address":"10.23.8.80","minTtl":254,"maxTtl":255}],"lesser":{"from":1,"below":100,"source":"10.23.8.80","every":100000}},"expect":{"source":"10.23.8.80","destination":"224.0.0.18","ttl":255,"hex":"2133"},"hears":{"destination":"224.0.0.18","sources":["10.23.8.80"]},"timeout":3609375,"rearm":3609375},
  {"call":"watch","order":2,"seq":1,"ifindex":2,"tags":[{"channel":"vrrp4","at":1,"size":1,"value":51}],"verify":{"kind":"vrrp","version":2,"interval":1,"ttl":255,"proof":{"kind":"trailer","keys":[{"id":7,"key":"5ec2e7"}],"window":5,"lenient":true},"covers":[{"kind":"plain"}],"group":"224.0.0.18","deaf":false,"peers":[{"address":"10.23.8.80","minTtl":254,"maxTtl":255}],"lesser":{"from":1,"below":100,"source":"10.23.8.80","every":100000}},"expect":{"source":"10.23.8.80","destination":"224.0.0.18","ttl":255,"hex":"2133"},"hears":{"destination":"224.0.0.18","sources":["10.23.8.80"]},"timeout":3609375,"rearm":3609375},
  {"call":"unwatch","order":2},
  {"call":"counters"},
  {"call":"follow","interfaces":["eth0"],"addresses":["10.23.8.80"],"polled":[{"ifname":"eth0"},{"ifname":"eth1","method":"ethtool"}]},
  {"call":"buffers","told":{"bytes":1048576,"force":true},"ipvs":{"bytes":65536,"force":false}},
  {"call":"look","interfaces":["eth0"],"addresses":["10.23.8.80"]},
  {"call":"address-apply","ops":[{"op":"add","address":{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}},{"op":"delete","address":{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}}]},
  {"call":"kernel-apply","ops":[{"op":"add","stays":true,"kind":"route","value":{"family":"inet","destination":{"address":"10.0.0.0","prefixLength":8},"source":{"address":"2001:db8::","prefixLength":32},"tos":16,"table":100,"priority":20,"type":1,"scope":0,"protocol":18,"preferredSource":"10.23.8.80","nextHops":[{"device":2,"gateway":"192.168.1.10","weight":2,"onlink":true,"encapsulation":{"kind":"mpls","labels":[16,17]},"realms":3},{"device":2,"gateway":"192.168.1.10","weight":2,"onlink":true,"encapsulation":{"kind":"ip","id":7,"source":"10.23.8.80","destination":"192.168.1.10","tos":8,"ttl":64,"flags":1},"realms":3},{"device":2,"gateway":"192.168.1.10","weight":2,"onlink":true,"encapsulation":{"kind":"ip6","id":7,"source":"10.23.8.80","destination":"192.168.1.10","tos":8,"ttl":64,"flags":1},"realms":3},{"device":2,"gateway":"192.168.1.10","weight":2,"onlink":true,"encapsulation":{"kind":"ila","locator":"0123456789abcdef"},"realms":3}],"metrics":[{"metric":2,"value":1400,"locked":true},{"metric":16,"value":"cubic"}],"expires":60,"preference":3,"ttlPropagate":true,"place":"append"}},{"op":"delete","kind":"rule","value":{"family":"inet","priority":100,"action":1,"table":100,"target":200,"l3mdev":true,"not":true,"source":{"address":"10.0.0.0","prefixLength":8},"destination":{"address":"192.0.2.0","prefixLength":24},"tos":16,"mark":{"value":1,"mask":255},"inputDevice":"eth0","outputDevice":"eth1","realms":3,"tunnelId":7,"suppressGroup":1,"suppressPrefixLength":0,"users":{"from":1,"to":1023},"ipProtocol":6,"sourcePorts":{"from":1,"to":1023},"destinationPorts":{"from":1,"to":1023},"protocol":18}},{"op":"add","kind":"nft","value":{"family":"inet","name":"sample","sets":[{"name":"addresses","key":["ipv4-addr"],"intervals":true,"elements":[{"key":["10.0.0.1"]},{"key":["10.0.0.4-10.0.0.9"]},{"key":["10.0.0.10"]}]},{"name":"services","key":["ipv4-addr","inet-proto","inet-service"],"intervals":false,"elements":[{"key":["10.0.0.1","6","80"]}]},{"name":"spans","key":["ipv6-addr","inet-proto","inet-service"],"intervals":true,"elements":[{"key":["2001:db8::1-2001:db8::ff","6","80-90"]}]},{"name":"names","key":["ifname","ether-addr"],"intervals":false,"elements":[{"key":["lo","02:00:00:00:00:01"]}]},{"name":"locals","key":["integer"],"value":"ipv4-addr","intervals":false,"elements":[{"key":["0"],"value":"192.0.2.1"},{"key":["1"],"value":"192.0.2.7"}]},{"name":"marks","key":["ipv4-addr"],"value":"mark","intervals":false,"elements":[{"key":["10.0.0.1"],"value":"7"}]}],"chains":[{"name":"input","hook":{"kind":"filter","at":"input","priority":0},"rules":[{"comment":"adverts pass","does":[{"kind":"match","field":"l4proto","is":"eq","value":"112"},{"kind":"counter"},{"kind":"verdict","verdict":"accept"}]},{"does":[{"kind":"in","fields":["ip-daddr"],"set":"addresses","negated":false},{"kind":"verdict","verdict":"drop"}]},{"does":[{"kind":"in","fields":["ip6-daddr","l4proto","th-dport"],"set":"spans","negated":false},{"kind":"match","field":"ct-state","is":"ne","mask":65,"value":"0"},{"kind":"synproxy","mss":1460,"wscale":7,"timestamp":true,"sack":true}]},{"does":[{"kind":"match","field":"th-sport","is":"eq","value":"1024-65535"},{"kind":"verdict","verdict":"jump","chain":"other"}]}]},{"name":"other","rules":[{"does":[{"kind":"in","fields":["iifname","ether-saddr"],"set":"names","negated":true},{"kind":"verdict","verdict":"return"}]},{"does":[{"kind":"match","field":"iif","is":"eq","value":"1"},{"kind":"verdict","verdict":"accept"}]}]},{"name":"raw","hook":{"kind":"filter","at":"prerouting","priority":-300},"rules":[{"does":[{"kind":"in","fields":["ip-daddr","l4proto","th-dport"],"set":"services","negated":false},{"kind":"match","field":"tcp-flags","is":"eq","mask":23,"value":"2"},{"kind":"notrack"}]},{"does":[{"kind":"set-mark","to":{"from":"map","fields":["ip-daddr"],"map":"marks","of":"mark"}}]}]},{"name":"source","hook":{"kind":"nat","at":"postrouting","priority":100},"rules":[{"does":[{"kind":"match","field":"ct-original-ip-daddr","is":"eq","value":"10.0.0.1"},{"kind":"match","field":"ct-original-proto-dst","is":"eq","value":"80"},{"kind":"snat","to":{"from":"hash","fields":["ip-saddr","th-sport"],"modulus":2,"seed":1,"map":"locals","of":"ipv4-addr"}}]},{"does":[{"kind":"match","field":"ct-original-ip6-daddr","is":"eq","value":"2001:db8::1"},{"kind":"snat","to":{"from":"value","of":"ipv6-addr","value":"2001:db8::5-2001:db8::7"}}]},{"does":[{"kind":"match","field":"oifname","is":"eq","value":"lo"},{"kind":"masquerade"}]}]},{"name":"destination","hook":{"kind":"nat","at":"prerouting","priority":-100},"rules":[{"does":[{"kind":"match","field":"ip-daddr","is":"eq","value":"10.0.0.99"},{"kind":"dnat","to":{"from":"value","of":"ipv4-addr","value":"10.0.0.1"}}]}]}]}},{"op":"add","kind":"nft","value":{"family":"ip","name":"copies","sets":[{"name":"below","key":["ifname"],"value":"iface-index","intervals":false,"elements":[{"key":["lo"],"value":"1"}]}],"chains":[{"name":"output","hook":{"kind":"filter","at":"output","priority":0},"rules":[{"does":[{"kind":"match","field":"l4proto","is":"eq","value":"2"},{"kind":"dup","device":{"from":"map","fields":["oifname"],"map":"below","of":"iface-index"}}]}]}]}},{"op":"add","kind":"sysctl","value":{"name":"net/ipv4/vs/conntrack","value":"1"}},{"op":"delete","kind":"own-link","value":{"name":"vrrp.51","base":2,"mac":"00:00:5e:00:01:33","group":7,"settings":[]}},{"op":"add","kind":"own-link","value":{"name":"vrrp.52","base":2,"ipvlan":"vepa","settings":[]}},{"op":"add","kind":"sync-daemon","value":{"role":"backup","interface":"eth0","syncId":51,"maxLength":1400,"port":8848,"ttl":1,"group":"224.0.0.81"}},{"op":"add","kind":"ipvs-timeouts","value":{"tcp":900,"tcpFin":120,"udp":300}}]},
  {"call":"settings-were","settings":[{"kind":"sysctl","name":"net/ipv4/conf/eth0/arp_ignore","was":"0","is":"1"},{"kind":"ipvs-timeouts","was":{"tcp":900,"tcpFin":120,"udp":300},"is":{"tcp":7200,"tcpFin":120,"udp":300}}]},
  {"call":"announce","places":[{"ifindex":2,"addresses":["10.23.8.80"],"repeat":5,"arpPace":{"interval":10000,"lane":{"kind":"group","number":1}},"naPace":{"interval":10000,"lane":{"kind":"interface","ifindex":2}}}]},
  {"call":"nft-replace","table":{"family":"inet","name":"sample","sets":[{"name":"addresses","key":["ipv4-addr"],"intervals":true,"elements":[{"key":["10.0.0.1"]},{"key":["10.0.0.4-10.0.0.9"]},{"key":["10.0.0.10"]}]},{"name":"services","key":["ipv4-addr","inet-proto","inet-service"],"intervals":false,"elements":[{"key":["10.0.0.1","6","80"]}]},{"name":"spans","key":["ipv6-addr","inet-proto","inet-service"],"intervals":true,"elements":[{"key":["2001:db8::1-2001:db8::ff","6","80-90"]}]},{"name":"names","key":["ifname","ether-addr"],"intervals":false,"elements":[{"key":["lo","02:00:00:00:00:01"]}]},{"name":"locals","key":["integer"],"value":"ipv4-addr","intervals":false,"elements":[{"key":["0"],"value":"192.0.2.1"},{"key":["1"],"value":"192.0.2.7"}]},{"name":"marks","key":["ipv4-addr"],"value":"mark","intervals":false,"elements":[{"key":["10.0.0.1"],"value":"7"}]}],"chains":[{"name":"input","hook":{"kind":"filter","at":"input","priority":0},"rules":[{"comment":"adverts pass","does":[{"kind":"match","field":"l4proto","is":"eq","value":"112"},{"kind":"counter"},{"kind":"verdict","verdict":"accept"}]},{"does":[{"kind":"in","fields":["ip-daddr"],"set":"addresses","negated":false},{"kind":"verdict","verdict":"drop"}]},{"does":[{"kind":"in","fields":["ip6-daddr","l4proto","th-dport"],"set":"spans","negated":false},{"kind":"match","field":"ct-state","is":"ne","mask":65,"value":"0"},{"kind":"synproxy","mss":1460,"wscale":7,"timestamp":true,"sack":true}]},{"does":[{"kind":"match","field":"th-sport","is":"eq","value":"1024-65535"},{"kind":"verdict","verdict":"jump","chain":"other"}]}]},{"name":"other","rules":[{"does":[{"kind":"in","fields":["iifname","ether-saddr"],"set":"names","negated":true},{"kind":"verdict","verdict":"return"}]},{"does":[{"kind":"match","field":"iif","is":"eq","value":"1"},{"kind":"verdict","verdict":"accept"}]}]},{"name":"raw","hook":{"kind":"filter","at":"prerouting","priority":-300},"rules":[{"does":[{"kind":"in","fields":["ip-daddr","l4proto","th-dport"],"set":"services","negated":false},{"kind":"match","field":"tcp-flags","is":"eq","mask":23,"value":"2"},{"kind":"notrack"}]},{"does":[{"kind":"set-mark","to":{"from":"map","fields":["ip-daddr"],"map":"marks","of":"mark"}}]}]},{"name":"source","hook":{"kind":"nat","at":"postrouting","priority":100},"rules":[{"does":[{"kind":"match","field":"ct-original-ip-daddr","is":"eq","value":"10.0.0.1"},{"kind":"match","field":"ct-original-proto-dst","is":"eq","value":"80"},{"kind":"snat","to":{"from":"hash","fields":["ip-saddr","th-sport"],"modulus":2,"seed":1,"map":"locals","of":"ipv4-addr"}}]},{"does":[{"kind":"match","field":"ct-original-ip6-daddr","is":"eq","value":"2001:db8::1"},{"kind":"snat","to":{"from":"value","of":"ipv6-addr","value":"2001:db8::5-2001:db8::7"}}]},{"does":[{"kind":"match","field":"oifname","is":"eq","value":"lo"},{"kind":"masquerade"}]}]},{"name":"destination","hook":{"kind":"nat","at":"prerouting","priority":-100},"rules":[{"does":[{"kind":"match","field":"ip-daddr","is":"eq","value":"10.0.0.99"},{"kind":"dnat","to":{"from":"value","of":"ipv4-addr","value":"10.0.0.1"}}]}]}]}},
  {"call":"nft-remove","table":{"family":"inet","name":"sample"}},
  {"call":"nft-elements","table":{"family":"inet","name":"sample"},"changes":[{"set":{"name":"addresses","key":["ipv4-addr"],"intervals":true,"elements":[]},"add":[{"key":["10.0.1.0-10.0.1.255"]}],"delete":[{"key":["10.0.0.1"]},{"key":["10.9.9.9"]}]}]},
  {"call":"ipvs-info"},
  {"call":"ipvs-dump"},
  {"call":"ipvs-difference","afresh":true},
  {"call":"ipvs-apply","ops":[{"op":"flush"},{"op":"new-service","service":{"id":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"scheduler":"wrr","flags":1,"timeout":50,"netmask":32,"persistenceEngine":"sip"}},{"op":"set-service","service":{"id":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"scheduler":"wrr","flags":1,"timeout":50,"netmask":32,"persistenceEngine":"sip"}},{"op":"new-destination","id":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"destination":{"address":"192.168.1.10","port":80,"forwarding":{"method":"nat"},"weight":3,"upperThreshold":0,"lowerThreshold":0}},{"op":"set-destination","id":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"destination":{"address":"192.168.1.10","port":80,"forwarding":{"method":"tunnel","tunnelType":1,"port":6080,"flags":1},"weight":3,"upperThreshold":0,"lowerThreshold":0}},{"op":"delete-destination","id":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"destination":{"address":"192.168.1.10","port":80,"forwarding":{"method":"dr"},"weight":3,"upperThreshold":0,"lowerThreshold":0}},{"op":"delete-service","id":{"kind":"fwmark","family":"inet","mark":9}}]},
  {"call":"ipvs-connections","services":[{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80}]},
  {"call":"ipvs-timeouts"},
  {"call":"ipvs-watch","interval":1000000},
  {"call":"ipvs-set-timeouts","timeouts":{"tcp":900,"tcpFin":120,"udp":300}},
  {"call":"probes","ops":[{"kind":"probe","order":3,"seq":1,"probe":{"address":"192.168.1.10","port":80,"source":"10.23.8.80","sourcePort":1024,"ifname":"eth1","fwmark":7,"timeout":3000000,"exchange":{"kind":"http","requests":[{"head":"GET / HTTP/1.0\r\n\r\n","serverName":"a.example","closeNotify":true,"pattern":{"text":"ok$","beforeLastLineFeed":true,"from":1,"to":2}}],"limit":60000000,"tls":{"verify":true,"ca":"/etc/ca.pem","certificate":"/etc/client.pem","key":"/etc/client.key","password":"secret"}}},"delay":0,"interval":6000000,"jitter":500000,"expect":{"kind":"failed","request":0,"failure":"connect-timeout","errno":110}},{"kind":"probe","order":4,"seq":1,"probe":{"address":"192.168.1.10","port":80,"source":"10.23.8.80","sourcePort":1024,"ifname":"eth1","fwmark":7,"timeout":3000000,"exchange":{"kind":"connect"}},"delay":100000,"interval":0},{"kind":"probe","order":5,"seq":1,"probe":{"address":"192.168.1.10","port":80,"source":"10.23.8.80","sourcePort":1024,"ifname":"eth1","fwmark":7,"timeout":3000000,"exchange":{"kind":"smtp","hello":"HELO a.example\r\n","limit":60000000}},"delay":0,"interval":6000000,"expect":{"kind":"replies","codes":[220,250,221]}},{"kind":"probe","order":6,"seq":1,"probe":{"address":"192.168.1.10","port":80,"source":"10.23.8.80","sourcePort":1024,"ifname":"eth1","fwmark":7,"timeout":3000000,"exchange":{"kind":"dns","hex":"0000010000010000000000000000060001"}},"delay":0,"interval":6000000,"expect":{"kind":"answer","code":0}},{"kind":"probe","order":7,"seq":1,"probe":{"address":"192.168.1.10","port":80,"source":"10.23.8.80","sourcePort":1024,"ifname":"eth1","fwmark":7,"timeout":3000000,"exchange":{"kind":"datagram","hex":"6b6165","pattern":{"hex":"a50f","mask":"f0ff"}}},"delay":0,"interval":6000000,"expect":{"kind":"datagram","length":2,"matches":true}},{"kind":"probe","order":8,"seq":1,"probe":{"address":"192.168.1.10","port":80,"source":"10.23.8.80","sourcePort":1024,"ifname":"eth1","fwmark":7,"timeout":3000000,"exchange":{"kind":"datagram","hex":""}},"delay":0,"interval":6000000,"expect":{"kind":"silent"}},{"kind":"probe","order":9,"seq":1,"probe":{"address":"192.168.1.10","port":80,"source":"10.23.8.80","sourcePort":1024,"ifname":"eth1","fwmark":7,"timeout":3000000,"exchange":{"kind":"ping"}},"delay":0,"interval":6000000,"expect":{"kind":"echoed"}},{"kind":"unprobe","order":3}]},
  {"call":"probe-counters"},
  {"call":"children","without":["IFS"],"with":[{"name":"TZ","value":"UTC"}],"openFiles":1024},
  {"call":"judge","program":"/bin/true","account":{"uid":33,"gid":33}},
  {"call":"spawn","child":5,"argv":["/bin/true"],"account":{"uid":33,"gid":33},"guard":["/usr/bin/id"],"limit":3000000,"grace":2000000},
  {"call":"end-child","child":5},
  {"call":"open-fifo","path":"/run/fifo","account":{"uid":65534,"gid":65534}},
  {"call":"write-fifo","path":"/run/fifo","text":"INSTANCE \"VI_1\" MASTER 100\n"},
  {"call":"close-fifo","path":"/run/fifo"},
  {"call":"notify","socket":"/run/systemd/notify","text":"READY=1"},
  {"call":"follow-files","files":[{"path":"/run/load"},{"path":"/run/weight","init":{"text":"5\n","overwrite":true}}]},
  {"call":"follow-processes","patterns":[{"name":"web","command":"nginx","argumentsMatch":"exact","fullCommand":false},{"name":"proxy","command":"/usr/sbin/haproxy","arguments":["-f"],"argumentsMatch":"initial","fullCommand":true}],"receiveBuffer":1000000,"force":true},
  {"call":"say-locally","texts":["{}"],"to":"holdfast-routers.7.8"},
  {"call":"guard","name":"/run/keepalived.pid","console":false,"file":"/var/log/holdfast.log"},
  {"call":"inherit","name":"/run/keepalived.pid"},
  {"call":"renounce","routers":[{"ifindex":2,"vrid":51,"ipv6":false}],"wait":true},
  {"call":"bridge","within":15000000},
  {"call":"mail","server":"mail.example","port":25,"timeout":30000000,"helo":"node1","from":"root@node1","to":["ops@example"],"text":"Subject: test\n\ntest\n"},
  {"call":"put-file","path":"/tmp/keepalived.data","text":"Grüße ✓","mode":438},
  {"call":"count-ports","addresses":["10.23.8.80"],"least":50000},
  {"call":"threads","settings":[{"setting":"name","role":"loop","name":"keepalived"},{"setting":"nice","role":"vrrp","nice":-10},{"setting":"real-time","role":"checker","priority":50},{"setting":"processors","role":"helper","numbers":[0,1]},{"setting":"real-time-limit","limit":10000},{"setting":"lock-memory","on":true},{"setting":"core-dumps"}]},
  {"call":"log-open","lane":"file","path":"/var/log/holdfast"},
  {"call":"log-flush","lane":"console"},
];

/** Every result. */
export const REPLIES: readonly Reply[] = [
  {"id":1,"result":"done"},
  {"id":2,"result":"failed","status":8,"errno":19,"message":"no socket listens on interface 9"},
  {"id":3,"result":"applied","errnos":[0,17]},
  {"id":4,"result":"followed","links":[{"ifindex":2,"ifname":"eth0","up":true,"running":true,"loopback":false,"arp":true,"multicast":true,"mac":"02:00:00:00:00:01","mtu":1500,"master":7,"vrfTable":10}],"addresses":[{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}]},
  {"id":5,"result":"inherited","lives":true,"planned":true,"routers":[{"ifindex":2,"vrid":51,"ipv6":false}]},
  {"id":6,"result":"ipvs-info","version":66049,"tableSize":4096},
  {"id":7,"result":"ipvs-table","services":[{"service":{"id":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"scheduler":"wrr","flags":1,"timeout":50,"netmask":32,"persistenceEngine":"sip"},"destinations":[{"address":"192.168.1.10","port":80,"forwarding":{"method":"local"},"weight":3,"upperThreshold":0,"lowerThreshold":0}]}],"gone":[{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80}]},
  {"id":8,"result":"ipvs-connections","counts":[{"service":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"destinations":[{"address":"10.23.8.80","port":80,"connections":7}]}]},
  {"id":9,"result":"ports-in-use","uses":[{"address":"10.23.8.80","connections":60001,"busiest":{"server":"10.23.8.80","port":80,"protocol":6,"connections":60000}}]},
  {"id":10,"result":"ipvs-timeouts","timeouts":{"tcp":900,"tcpFin":120,"udp":300}},
  {"id":11,"result":"counters","transmissions":[{"order":1,"count":7,"late":1500}],"watches":[{"order":1,"count":7,"lesser":2,"resigned":1,"dropped":[{"judgement":"checksum","count":9}]}],"droppedPackets":3,"lag":{"worst":2000000,"times":2,"total":2040000,"asleep":0}},
  {"id":12,"result":"probe-counters","probes":[{"order":1,"count":7}]},
];

/** Every event. */
export const EVENTS: readonly Event[] = [
  {"event":"expired","order":2,"seq":1},
  {"event":"taken-over","watches":[{"order":2,"seq":1}],"orders":[2],"ops":[{"op":"add","address":{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}}],"places":[{"ifindex":2,"addresses":["10.23.8.80"],"repeat":5}]},
  {"event":"takeover-applied","ops":[{"op":"add","address":{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true}}],"errnos":[0]},
  {"event":"lapsed","order":1},
  {"event":"guardian-ended","replaced":true},
  {"event":"fifo-dropped","path":"/run/fifo","count":2},
  {"event":"file-changed","path":"/run/load","content":"5\n"},
  {"event":"process-count","name":"web","count":3},
  {"event":"log-dropped","lane":"console","count":12},
  {"event":"signal","number":15},
  {"event":"unseen","time":5000000,"asleep":2000000},
  {"event":"send-failed","order":1,"errno":100},
  {"event":"send-resumed","order":1},
  {"event":"claimed","ifindex":2,"address":"10.23.8.80","mac":"02:00:00:00:00:09"},
  {"event":"local-said","name":"holdfast-routers.7.8","pid":7,"text":"{}"},
  {"event":"local-gone","name":"holdfast-routers.7.8"},
  {"event":"local-refused","count":3},
  {"event":"setting-was","setting":{"kind":"sysctl","name":"net/ipv4/conf/eth0/arp_ignore","was":"0","is":"1"}},
  {"event":"announce-failed","ifname":"eth0","errno":100},
  {"event":"link","link":{"ifindex":2,"ifname":"eth0","up":true,"running":true,"loopback":false,"arp":true,"multicast":true,"mac":"02:00:00:00:00:01","mtu":1500,"master":7,"vrfTable":10},"removed":true},
  {"event":"address","address":{"ifindex":2,"address":"10.23.8.80","prefixLength":24,"label":"eth0:1","scope":0,"broadcast":"10.23.8.255","flags":512,"preferredLifetime":60,"protocol":18,"secondary":true,"tentative":true},"removed":false,"ordered":true},
  {"event":"ipvs-services","services":[{"service":{"id":{"kind":"address","protocol":"tcp","address":"10.23.8.80","port":80},"scheduler":"wrr","flags":1,"timeout":50,"netmask":32,"persistenceEngine":"sip"},"destinations":[{"address":"192.168.1.10","port":80,"forwarding":{"method":"local"},"weight":3,"upperThreshold":0,"lowerThreshold":0}]}]},
  {"event":"ipvs-changed"},
  {"event":"nft-changed","table":{"family":"inet","name":"sample"}},
  {"event":"shaken","spot":{"kind":"route","value":{"family":"inet","table":254,"destination":{"address":"0.0.0.0","prefixLength":0},"tos":0,"priority":0}}},
  {"event":"shaken","spot":{"kind":"rule","value":{"family":"inet6","priority":100}}},
  {"event":"shaken"},
  {"event":"child-late","child":5},
  {"event":"child-ended","child":5,"exit":{"kind":"exited","code":3}},
  {"event":"child-ended","child":6,"exit":{"kind":"signalled","signal":15}},
  {"event":"outcome","order":3,"seq":1,"outcome":{"kind":"connected"}},
  {"event":"outcome","order":3,"seq":1,"outcome":{"kind":"responses","responses":[{"status":200,"digest":"d41d8cd98f00b204e9800998ecf8427e","length":0,"end":"cut","matched":true}]}},
];

/** All replies, all events, an IPv4 packet, an IPv6 packet with each judgement, as drained; the times count up from 1. */
export const STREAM =
  "180000000100000001000000000000007b226964223a312c22726573756c74223a22646f6e65227d5d00000001000000" +
  "02000000000000007b226964223a322c22726573756c74223a226661696c6564222c22737461747573223a382c226572" +
  "726e6f223a31392c226d657373616765223a226e6f20736f636b6574206c697374656e73206f6e20696e746572666163" +
  "652039227d0000002b0000000100000003000000000000007b226964223a332c22726573756c74223a226170706c6965" +
  "64222c226572726e6f73223a5b302c31375d7d0000000000950100000100000004000000000000007b226964223a342c" +
  "22726573756c74223a22666f6c6c6f776564222c226c696e6b73223a5b7b226966696e646578223a322c2269666e616d" +
  "65223a2265746830222c227570223a747275652c2272756e6e696e67223a747275652c226c6f6f706261636b223a6661" +
  "6c73652c22617270223a747275652c226d756c746963617374223a747275652c226d6163223a2230323a30303a30303a" +
  "30303a30303a3031222c226d7475223a313530302c226d6173746572223a372c227672665461626c65223a31307d5d2c" +
  "22616464726573736573223a5b7b226966696e646578223a322c2261646472657373223a2231302e32332e382e383022" +
  "2c227072656669784c656e677468223a32342c226c6162656c223a22657468303a31222c2273636f7065223a302c2262" +
  "726f616463617374223a2231302e32332e382e323535222c22666c616773223a3531322c227072656665727265644c69" +
  "666574696d65223a36302c2270726f746f636f6c223a31382c227365636f6e64617279223a747275652c2274656e7461" +
  "74697665223a747275657d5d7d0000006a0000000100000005000000000000007b226964223a352c22726573756c7422" +
  "3a22696e68657269746564222c226c69766573223a747275652c22706c616e6e6564223a747275652c22726f75746572" +
  "73223a5b7b226966696e646578223a322c2276726964223a35312c2269707636223a66616c73657d5d7d000000000000" +
  "3e0000000100000006000000000000007b226964223a362c22726573756c74223a22697076732d696e666f222c227665" +
  "7273696f6e223a36363034392c227461626c6553697a65223a343039367d0000a8010000010000000700000000000000" +
  "7b226964223a372c22726573756c74223a22697076732d7461626c65222c227365727669636573223a5b7b2273657276" +
  "696365223a7b226964223a7b226b696e64223a2261646472657373222c2270726f746f636f6c223a22746370222c2261" +
  "646472657373223a2231302e32332e382e3830222c22706f7274223a38307d2c227363686564756c6572223a22777272" +
  "222c22666c616773223a312c2274696d656f7574223a35302c226e65746d61736b223a33322c2270657273697374656e" +
  "6365456e67696e65223a22736970227d2c2264657374696e6174696f6e73223a5b7b2261646472657373223a22313932" +
  "2e3136382e312e3130222c22706f7274223a38302c22666f7277617264696e67223a7b226d6574686f64223a226c6f63" +
  "616c227d2c22776569676874223a332c2275707065725468726573686f6c64223a302c226c6f7765725468726573686f" +
  "6c64223a307d5d7d5d2c22676f6e65223a5b7b226b696e64223a2261646472657373222c2270726f746f636f6c223a22" +
  "746370222c2261646472657373223a2231302e32332e382e3830222c22706f7274223a38307d5d7dc400000001000000" +
  "08000000000000007b226964223a382c22726573756c74223a22697076732d636f6e6e656374696f6e73222c22636f75" +
  "6e7473223a5b7b2273657276696365223a7b226b696e64223a2261646472657373222c2270726f746f636f6c223a2274" +
  "6370222c2261646472657373223a2231302e32332e382e3830222c22706f7274223a38307d2c2264657374696e617469" +
  "6f6e73223a5b7b2261646472657373223a2231302e32332e382e3830222c22706f7274223a38302c22636f6e6e656374" +
  "696f6e73223a377d5d7d5d7d00000000a30000000100000009000000000000007b226964223a392c22726573756c7422" +
  "3a22706f7274732d696e2d757365222c2275736573223a5b7b2261646472657373223a2231302e32332e382e3830222c" +
  "22636f6e6e656374696f6e73223a36303030312c2262757369657374223a7b22736572766572223a2231302e32332e38" +
  "2e3830222c22706f7274223a38302c2270726f746f636f6c223a362c22636f6e6e656374696f6e73223a36303030307d" +
  "7d5d7d000000000050000000010000000a000000000000007b226964223a31302c22726573756c74223a22697076732d" +
  "74696d656f757473222c2274696d656f757473223a7b22746370223a3930302c2274637046696e223a3132302c227564" +
  "70223a3330307d7d0a010000010000000b000000000000007b226964223a31312c22726573756c74223a22636f756e74" +
  "657273222c227472616e736d697373696f6e73223a5b7b226f72646572223a312c22636f756e74223a372c226c617465" +
  "223a313530307d5d2c2277617463686573223a5b7b226f72646572223a312c22636f756e74223a372c226c6573736572" +
  "223a322c2272657369676e6564223a312c2264726f70706564223a5b7b226a756467656d656e74223a22636865636b73" +
  "756d222c22636f756e74223a397d5d7d5d2c2264726f707065645061636b657473223a332c226c6167223a7b22776f72" +
  "7374223a323030303030302c2274696d6573223a322c22746f74616c223a323034303030302c2261736c656570223a30" +
  "7d7d00000000000044000000010000000c000000000000007b226964223a31322c22726573756c74223a2270726f6265" +
  "2d636f756e74657273222c2270726f626573223a5b7b226f72646572223a312c22636f756e74223a377d5d7d00000000" +
  "25000000030000000d000000000000007b226576656e74223a2265787069726564222c226f72646572223a322c227365" +
  "71223a317d00000060010000030000000e000000000000007b226576656e74223a2274616b656e2d6f766572222c2277" +
  "617463686573223a5b7b226f72646572223a322c22736571223a317d5d2c226f7264657273223a5b325d2c226f707322" +
  "3a5b7b226f70223a22616464222c2261646472657373223a7b226966696e646578223a322c2261646472657373223a22" +
  "31302e32332e382e3830222c227072656669784c656e677468223a32342c226c6162656c223a22657468303a31222c22" +
  "73636f7065223a302c2262726f616463617374223a2231302e32332e382e323535222c22666c616773223a3531322c22" +
  "7072656665727265644c69666574696d65223a36302c2270726f746f636f6c223a31382c227365636f6e64617279223a" +
  "747275652c2274656e746174697665223a747275657d7d5d2c22706c61636573223a5b7b226966696e646578223a322c" +
  "22616464726573736573223a5b2231302e32332e382e3830225d2c22726570656174223a357d5d7d0701000003000000" +
  "0f000000000000007b226576656e74223a2274616b656f7665722d6170706c696564222c226f7073223a5b7b226f7022" +
  "3a22616464222c2261646472657373223a7b226966696e646578223a322c2261646472657373223a2231302e32332e38" +
  "2e3830222c227072656669784c656e677468223a32342c226c6162656c223a22657468303a31222c2273636f7065223a" +
  "302c2262726f616463617374223a2231302e32332e382e323535222c22666c616773223a3531322c2270726566657272" +
  "65644c69666574696d65223a36302c2270726f746f636f6c223a31382c227365636f6e64617279223a747275652c2274" +
  "656e746174697665223a747275657d7d5d2c226572726e6f73223a5b305d7d001c000000030000001000000000000000" +
  "7b226576656e74223a226c6170736564222c226f72646572223a317d000000002a000000030000001100000000000000" +
  "7b226576656e74223a22677561726469616e2d656e646564222c227265706c61636564223a747275657d000000000000" +
  "350000000300000012000000000000007b226576656e74223a226669666f2d64726f70706564222c2270617468223a22" +
  "2f72756e2f6669666f222c22636f756e74223a327d0000003b0000000300000013000000000000007b226576656e7422" +
  "3a2266696c652d6368616e676564222c2270617468223a222f72756e2f6c6f6164222c22636f6e74656e74223a22355c" +
  "6e227d0000000000300000000300000014000000000000007b226576656e74223a2270726f636573732d636f756e7422" +
  "2c226e616d65223a22776562222c22636f756e74223a337d330000000300000015000000000000007b226576656e7422" +
  "3a226c6f672d64726f70706564222c226c616e65223a22636f6e736f6c65222c22636f756e74223a31327d0000000000" +
  "1e0000000300000016000000000000007b226576656e74223a227369676e616c222c226e756d626572223a31357d0000" +
  "320000000300000017000000000000007b226576656e74223a22756e7365656e222c2274696d65223a35303030303030" +
  "2c2261736c656570223a323030303030307d0000000000002d0000000300000018000000000000007b226576656e7422" +
  "3a2273656e642d6661696c6564222c226f72646572223a312c226572726e6f223a3130307d0000002200000003000000" +
  "19000000000000007b226576656e74223a2273656e642d726573756d6564222c226f72646572223a317d000000000000" +
  "50000000030000001a000000000000007b226576656e74223a22636c61696d6564222c226966696e646578223a322c22" +
  "61646472657373223a2231302e32332e382e3830222c226d6163223a2230323a30303a30303a30303a30303a3039227d" +
  "48000000030000001b000000000000007b226576656e74223a226c6f63616c2d73616964222c226e616d65223a22686f" +
  "6c64666173742d726f75746572732e372e38222c22706964223a372c2274657874223a227b7d227d3400000003000000" +
  "1c000000000000007b226576656e74223a226c6f63616c2d676f6e65222c226e616d65223a22686f6c64666173742d72" +
  "6f75746572732e372e38227d0000000023000000030000001d000000000000007b226576656e74223a226c6f63616c2d" +
  "72656675736564222c22636f756e74223a337d00000000006d000000030000001e000000000000007b226576656e7422" +
  "3a2273657474696e672d776173222c2273657474696e67223a7b226b696e64223a2273797363746c222c226e616d6522" +
  "3a226e65742f697076342f636f6e662f657468302f6172705f69676e6f7265222c22776173223a2230222c226973223a" +
  "2231227d7d00000037000000030000001f000000000000007b226576656e74223a22616e6e6f756e63652d6661696c65" +
  "64222c2269666e616d65223a2265746830222c226572726e6f223a3130307d00c8000000030000002000000000000000" +
  "7b226576656e74223a226c696e6b222c226c696e6b223a7b226966696e646578223a322c2269666e616d65223a226574" +
  "6830222c227570223a747275652c2272756e6e696e67223a747275652c226c6f6f706261636b223a66616c73652c2261" +
  "7270223a747275652c226d756c746963617374223a747275652c226d6163223a2230323a30303a30303a30303a30303a" +
  "3031222c226d7475223a313530302c226d6173746572223a372c227672665461626c65223a31307d2c2272656d6f7665" +
  "64223a747275657dfb0000000300000021000000000000007b226576656e74223a2261646472657373222c2261646472" +
  "657373223a7b226966696e646578223a322c2261646472657373223a2231302e32332e382e3830222c22707265666978" +
  "4c656e677468223a32342c226c6162656c223a22657468303a31222c2273636f7065223a302c2262726f616463617374" +
  "223a2231302e32332e382e323535222c22666c616773223a3531322c227072656665727265644c69666574696d65223a" +
  "36302c2270726f746f636f6c223a31382c227365636f6e64617279223a747275652c2274656e746174697665223a7472" +
  "75657d2c2272656d6f766564223a66616c73652c226f726465726564223a747275657d00000000005501000003000000" +
  "22000000000000007b226576656e74223a22697076732d7365727669636573222c227365727669636573223a5b7b2273" +
  "657276696365223a7b226964223a7b226b696e64223a2261646472657373222c2270726f746f636f6c223a2274637022" +
  "2c2261646472657373223a2231302e32332e382e3830222c22706f7274223a38307d2c227363686564756c6572223a22" +
  "777272222c22666c616773223a312c2274696d656f7574223a35302c226e65746d61736b223a33322c22706572736973" +
  "74656e6365456e67696e65223a22736970227d2c2264657374696e6174696f6e73223a5b7b2261646472657373223a22" +
  "3139322e3136382e312e3130222c22706f7274223a38302c22666f7277617264696e67223a7b226d6574686f64223a22" +
  "6c6f63616c227d2c22776569676874223a332c2275707065725468726573686f6c64223a302c226c6f77657254687265" +
  "73686f6c64223a307d5d7d5d7d000000180000000300000023000000000000007b226576656e74223a22697076732d63" +
  "68616e676564227d410000000300000024000000000000007b226576656e74223a226e66742d6368616e676564222c22" +
  "7461626c65223a7b2266616d696c79223a22696e6574222c226e616d65223a2273616d706c65227d7d00000000000000" +
  "9a0000000300000025000000000000007b226576656e74223a227368616b656e222c2273706f74223a7b226b696e6422" +
  "3a22726f757465222c2276616c7565223a7b2266616d696c79223a22696e6574222c227461626c65223a3235342c2264" +
  "657374696e6174696f6e223a7b2261646472657373223a22302e302e302e30222c227072656669784c656e677468223a" +
  "307d2c22746f73223a302c227072696f72697479223a307d7d7d00000000000053000000030000002600000000000000" +
  "7b226576656e74223a227368616b656e222c2273706f74223a7b226b696e64223a2272756c65222c2276616c7565223a" +
  "7b2266616d696c79223a22696e657436222c227072696f72697479223a3130307d7d7d00000000001200000003000000" +
  "27000000000000007b226576656e74223a227368616b656e227d00000000000020000000030000002800000000000000" +
  "7b226576656e74223a226368696c642d6c617465222c226368696c64223a357d43000000030000002900000000000000" +
  "7b226576656e74223a226368696c642d656e646564222c226368696c64223a352c2265786974223a7b226b696e64223a" +
  "22657869746564222c22636f6465223a337d7d000000000049000000030000002a000000000000007b226576656e7422" +
  "3a226368696c642d656e646564222c226368696c64223a362c2265786974223a7b226b696e64223a227369676e616c6c" +
  "6564222c227369676e616c223a31357d7d0000000000000044000000030000002b000000000000007b226576656e7422" +
  "3a226f7574636f6d65222c226f72646572223a332c22736571223a312c226f7574636f6d65223a7b226b696e64223a22" +
  "636f6e6e6563746564227d7d00000000b3000000030000002c000000000000007b226576656e74223a226f7574636f6d" +
  "65222c226f72646572223a332c22736571223a312c226f7574636f6d65223a7b226b696e64223a22726573706f6e7365" +
  "73222c22726573706f6e736573223a5b7b22737461747573223a3230302c22646967657374223a226434316438636439" +
  "386630306232303465393830303939386563663834323765222c226c656e677468223a302c22656e64223a2263757422" +
  "2c226d617463686564223a747275657d5d7d7d00000000002c000000020000002d0000000000000002000000ff700004" +
  "0a000001000000000000000000000000e000001200000000000000000000000021056400000000002c00000002000000" +
  "2e0000000000000002000000ff700006fe800000000000000000000000000001ff020000000000000000000000000012" +
  "31056400000000002c000000020000002f0000000000000002000000ff700106fe800000000000000000000000000001" +
  "ff02000000000000000000000000001231056400000000002c00000002000000300000000000000002000000ff700206" +
  "fe800000000000000000000000000001ff02000000000000000000000000001231056400000000002c00000002000000" +
  "310000000000000002000000ff700306fe800000000000000000000000000001ff020000000000000000000000000012" +
  "31056400000000002c00000002000000320000000000000002000000ff700406fe800000000000000000000000000001" +
  "ff02000000000000000000000000001231056400000000002c00000002000000330000000000000002000000ff700506" +
  "fe800000000000000000000000000001ff02000000000000000000000000001231056400000000002c00000002000000" +
  "340000000000000002000000ff700606fe800000000000000000000000000001ff020000000000000000000000000012" +
  "31056400000000002c00000002000000350000000000000002000000ff700706fe800000000000000000000000000001" +
  "ff02000000000000000000000000001231056400000000002c00000002000000360000000000000002000000ff700806" +
  "fe800000000000000000000000000001ff02000000000000000000000000001231056400000000002c00000002000000" +
  "370000000000000002000000ff700906fe800000000000000000000000000001ff020000000000000000000000000012" +
  "31056400000000002c00000002000000380000000000000002000000ff700a06fe800000000000000000000000000001" +
  "ff02000000000000000000000000001231056400000000002c00000002000000390000000000000002000000ff700b06" +
  "fe800000000000000000000000000001ff02000000000000000000000000001231056400000000002c00000002000000" +
  "3a0000000000000002000000ff700c06fe800000000000000000000000000001ff020000000000000000000000000012" +
  "31056400000000002c000000020000003b0000000000000002000000ff700d06fe800000000000000000000000000001" +
  "ff02000000000000000000000000001231056400000000002c000000020000003c0000000000000002000000ff700e06" +
  "fe800000000000000000000000000001ff02000000000000000000000000001231056400000000002c00000002000000" +
  "3d0000000000000002000000ff700f06fe800000000000000000000000000001ff020000000000000000000000000012" +
  "31056400000000002c000000020000003e0000000000000002000000ff701006fe800000000000000000000000000001" +
  "ff02000000000000000000000000001231056400000000002c000000020000003f0000000000000002000000ff701106" +
  "fe800000000000000000000000000001ff02000000000000000000000000001231056400000000002c00000002000000" +
  "400000000000000002000000ff701206fe800000000000000000000000000001ff020000000000000000000000000012" +
  "31056400000000002c00000002000000410000000000000002000000ff701306fe800000000000000000000000000001" +
  "ff02000000000000000000000000001231056400000000002c00000002000000420000000000000002000000ff701406" +
  "fe800000000000000000000000000001ff0200000000000000000000000000123105640000000000";
