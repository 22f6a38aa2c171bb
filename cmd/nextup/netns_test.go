package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"nextup"
)

// Where everybody is. The addresses are those kept for documentation and for home networks; nothing of them is
// ever seen outside of the namespaces.
const (
	outside   = "203.0.113.1" // the server
	outside6  = "2001:db8:1::1"
	wifiOut   = "203.0.113.10" // who comes from the Wi-Fi, as the server sees him
	mobileOut = "203.0.113.20" // and from the mobile network
	wifiIn    = "192.168.77"
	mobileIn  = "100.64.9"
)

// village is a server, a router with address translation and a client, each in a network namespace of its own. The
// client reaches the router by two links, wlan0 and wwan0, of which one is there at a time.
type village struct {
	t                      testing.TB
	server, router, client string
}

// newVillage builds the namespaces; they are gone when the test is over, however it ends.
func newVillage(t testing.TB) *village {
	t.Helper()
	find(t, "NEXTUP_IP", "ip")
	find(t, "NEXTUP_NFT", "nft")
	sweepVillages()
	name := fmt.Sprintf("%s%d-", villagePrefix, os.Getpid())
	v := &village{t, name + "s", name + "r", name + "c"}
	t.Cleanup(v.remove)
	for _, space := range []string{v.server, v.router, v.client} {
		if out, err := exec.Command("ip", "netns", "add", space).CombinedOutput(); err != nil {
			missing(t, "no network namespaces here: "+strings.TrimSpace(string(out)))
		}
		v.ip(space, "link set lo up")
		v.knowsHost(space)
	}
	if err := v.load(rulesOf()); err != nil {
		missing(t, "no address translation in namespaces here: "+err.Error())
	}
	v.ip(v.router, "link add wan type veth peer name eth0 netns "+v.server)
	v.ip(v.router, "link add wifi type veth peer name wlan0 netns "+v.client)
	v.ip(v.router, "link add mobile type veth peer name wwan0 netns "+v.client)
	v.ip(v.server, "addr add "+outside+"/24 dev eth0", "addr add "+outside6+"/64 dev eth0 nodad", "link set eth0 up",
		"-6 route add 2001:db8:77::/64 via 2001:db8:1::10")
	v.ip(v.router, "addr add "+wifiOut+"/24 dev wan", "addr add "+mobileOut+"/24 dev wan", "addr add 2001:db8:1::10/64 dev wan nodad", "link set wan up",
		"addr add "+wifiIn+".1/24 dev wifi", "addr add 2001:db8:77::1/64 dev wifi nodad", "link set wifi up", "addr add "+mobileIn+".1/24 dev mobile", "link set mobile up")
	v.run(v.router, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
	v.Wifi()
	return v
}

const villagePrefix = "nextup-test-"

// sweepVillages removes what killed test runs left behind.
func sweepVillages() {
	list, _ := exec.Command("ip", "netns", "list").Output()
	for line := range strings.Lines(string(list)) {
		space, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, _, ok := strings.Cut(strings.TrimPrefix(space, villagePrefix), "-")
		if !ok || !strings.HasPrefix(space, villagePrefix) {
			continue
		}
		if _, err := os.Stat("/proc/" + pid); os.IsNotExist(err) {
			removeSpace(space)
		}
	}
}

func (v *village) remove() {
	for _, space := range []string{v.client, v.router, v.server} {
		removeSpace(space)
	}
}

func removeSpace(space string) {
	_ = exec.Command("ip", "netns", "del", space).Run() // the links go with it
	_ = os.RemoveAll(filepath.Join("/etc/netns", space))
}

// knowsHost tells the programs of a namespace where the server is: its hosts file is laid over the machine's own.
func (v *village) knowsHost(space string) {
	v.t.Helper()
	dir := filepath.Join("/etc/netns", space)
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "hosts"), []byte("127.0.0.1 localhost\n"+outside+" "+hostName+"\n"+outside6+" "+hostName+"\n"), 0o644)
	}
	if err != nil {
		v.t.Fatal(err)
	}
}

// in makes a program run in a namespace.
func in(space string) []string { return []string{"ip", "netns", "exec", space} }

func (v *village) run(space string, line ...string) {
	v.t.Helper()
	if out, err := exec.Command("ip", append(in(space)[1:], line...)...).CombinedOutput(); err != nil {
		v.t.Fatalf("%v in %s: %v: %s", line, space, err, out)
	}
}

// ip runs commands of ip in a namespace, one after the other.
func (v *village) ip(space string, commands ...string) {
	v.t.Helper()
	for _, c := range commands {
		if out, err := exec.Command("ip", append([]string{"-n", space}, strings.Fields(c)...)...).CombinedOutput(); err != nil {
			v.t.Fatalf("ip %s in %s: %v: %s", c, space, err, out)
		}
	}
}

// rulesOf is what the router does: it hides whoever is inside behind one address for each link, with another port for
// every peer (symmetric), and lets through what these rules say, everything without any.
func rulesOf(forward ...string) string {
	return `flush ruleset
table ip nat {
	chain out {
		type nat hook postrouting priority 100;
		ip saddr ` + wifiIn + `.0/24 snat to ` + wifiOut + ` fully-random
		ip saddr ` + mobileIn + `.0/24 snat to ` + mobileOut + ` fully-random
	}
}
table inet filter {
	chain through {
		type filter hook forward priority 0; policy accept;
		` + strings.Join(forward, "\n\t\t") + `
	}
}
`
}

func (v *village) load(rules string) error {
	c := exec.Command("ip", "netns", "exec", v.router, "nft", "-f", "-")
	c.Stdin = strings.NewReader(rules)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s", err, out)
	}
	return nil
}

// Through says what the router lets through from now on, also of what is going on.
func (v *village) Through(rules ...string) {
	v.t.Helper()
	if err := v.load(rulesOf(rules...)); err != nil {
		v.t.Fatal(err)
	}
}

// Wifi brings the client onto the Wi-Fi and takes the mobile network away, Mobile the other way round: one address
// goes with its link and another comes, as on a phone that leaves the house.
func (v *village) Wifi() {
	v.t.Helper()
	v.move("wwan0", "wlan0", wifiIn)
	v.ip(v.client, "addr add 2001:db8:77::2/64 dev wlan0 nodad", "-6 route replace default via 2001:db8:77::1")
}

func (v *village) Mobile() {
	v.t.Helper()
	v.move("wlan0", "wwan0", mobileIn)
}

func (v *village) move(from, to, net string) {
	v.t.Helper()
	v.ip(v.client, "link set "+from+" down", "addr flush dev "+from, "addr flush dev "+to,
		"addr add "+net+".2/24 dev "+to, "link set "+to+" up", "route add default via "+net+".1")
}

// Only6 takes the IPv4 address of the Wi-Fi away.
func (v *village) Only6() {
	v.t.Helper()
	v.ip(v.client, "-4 addr flush dev wlan0")
}

// chromium starts a browser in a namespace, that trusts this certificate.
func (v *village) chromium(space, print string) browser {
	v.t.Helper()
	path := find(v.t, "NEXTUP_CHROME", "chromium", "google-chrome", "chrome")
	c, err := startChromium(path,
		chromedp.Flag("ignore-certificate-errors-spki-list", print),
		chromedp.Flag("user-data-dir", v.t.TempDir()), // or the list of certificates counts for nothing
		chromedp.ModifyCmdFunc(func(c *exec.Cmd) {
			ownGroup(c)
			c.Args = append(append(in(space), c.Path), c.Args[1:]...)
			c.Path, c.Err = exec.LookPath("ip")
		}))
	if err != nil {
		v.t.Fatalf("chromium in %s: %v", space, err)
	}
	v.t.Cleanup(c.close)
	return c
}

const hostName = "nextup.test"

// identity writes a certificate for the server's name and addresses, with its key, and gives the fingerprint that
// browsers are told to trust.
func identity(t testing.TB) (cert, key, print string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: hostName}, DNSNames: []string{hostName},
		IPAddresses: []net.IP{net.ParseIP(outside), net.ParseIP(outside6)},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sum := sha256.Sum256(spki)
	return cert, key, base64.StdEncoding.EncodeToString(sum[:])
}

// serve prepares the real program in the server's namespace, with a session in it: one interviewer and one candidate.
func (v *village) serve(cert, key, candidate string) (s *server, interviewer invited, personal string) {
	v.t.Helper()
	s = &server{t: v.t, binary: program(v.t), data: filepath.Join(v.t.TempDir(), "data"), base: "https://" + hostName, under: in(v.server)}
	s.args = []string{
		"serve", "--listen", ":443", "--base-url", s.base, "--tls-cert", cert, "--tls-key", key,
		"--data", s.data, "--media-host", "::", "--media-port", "3478", "--turn-port", "3479",
	}
	prepared := opened(v.t, s.data, freeTCP(v.t))
	session := prepared.seed(v.t, 1, func(n *nextup.Settings) { n.Countdown = 0 })
	who := prepared.register(v.t, session.id, candidate)
	prepared.Close()
	v.t.Cleanup(func() {
		s.kill9()
		if v.t.Failed() {
			v.t.Logf("the server said:\n%s", s.log())
		}
	})
	l := s.links()
	return s, session.invited(l, 0), l.Candidate(session.id, who)
}

// startsIn starts the program and waits until it says that it listens: nobody out here can ask it.
func (s *server) startsIn() {
	s.t.Helper()
	before := strings.Count(s.log(), "nextup is ready at")
	s.launch()
	if !poll(30*time.Second, func() bool { return s.ended() || strings.Count(s.log(), "nextup is ready at") > before }) || s.ended() {
		s.t.Fatalf("the server does not start; it said:\n%s", s.log())
	}
}
