// Command raft prints golden vectors of etcd's Raft: what one member does about each of a row of messages.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

const about = "Member 1 of input.members (CheckQuorum on, as etcd sets it; preVote as given) has stored term, vote (0 = none), commit and a log with entries of these terms. " +
	"It takes input.messages one after the other: campaign = its election timeout passes; requestVote (pre: a pre-vote), voteReply, append, heartbeat and appendReply are Raft's messages, propose is a client's write. " +
	"want[i]: the member after messages[i]: role, term, vote, leader (0 = none), commit, the terms of its log, and what it sent except a leader's own appends and heartbeats, by receiver."

type message struct {
	Type     string   `json:"type"`
	From     uint64   `json:"from,omitempty"`
	Term     uint64   `json:"term,omitempty"`
	Pre      bool     `json:"pre,omitempty"`
	Reject   bool     `json:"reject,omitempty"`
	Index    uint64   `json:"index,omitempty"`
	LogTerm  uint64   `json:"logTerm,omitempty"`
	Entries  []uint64 `json:"entries,omitempty"`
	Commit   uint64   `json:"commit,omitempty"`
	To       uint64   `json:"to,omitempty"`
	Hint     uint64   `json:"hint,omitempty"`
	HintTerm uint64   `json:"hintTerm,omitempty"`
}

type input struct {
	Members  int       `json:"members"`
	PreVote  bool      `json:"preVote"`
	Term     uint64    `json:"term"`
	Vote     uint64    `json:"vote"`
	Commit   uint64    `json:"commit"`
	Log      []uint64  `json:"log"`
	Messages []message `json:"messages"`
}

type state struct {
	Role   string    `json:"role"`
	Term   uint64    `json:"term"`
	Vote   uint64    `json:"vote"`
	Leader uint64    `json:"leader"`
	Commit uint64    `json:"commit"`
	Log    []uint64  `json:"log"`
	Sent   []message `json:"sent"`
}

type testCase struct {
	Name  string  `json:"name"`
	Input input   `json:"input"`
	Want  []state `json:"want"`
}

// storage is memory that knows the members without a snapshot.
type storage struct {
	*raft.MemoryStorage
	voters []uint64
}

func (s storage) InitialState() (*pb.HardState, *pb.ConfState, error) {
	h, _, err := s.MemoryStorage.InitialState()
	return h, &pb.ConfState{Voters: s.voters}, err
}

type member struct {
	*raft.RawNode
	storage
}

func newMember(in input) member {
	s := storage{MemoryStorage: raft.NewMemoryStorage()}
	for id := uint64(1); id <= uint64(in.Members); id++ {
		s.voters = append(s.voters, id)
	}
	check(s.SetHardState(&pb.HardState{Term: new(in.Term), Vote: new(in.Vote), Commit: new(in.Commit)}))
	check(s.Append(entries(0, in.Log)))
	n, err := raft.NewRawNode(&raft.Config{ID: 1, ElectionTick: 10, HeartbeatTick: 1, Storage: s, MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256,
		CheckQuorum: true, PreVote: in.PreVote, Logger: &raft.DefaultLogger{Logger: log.New(io.Discard, "", 0)}})
	check(err)
	m := member{n, s}
	m.settle()
	return m
}

func entries(after uint64, terms []uint64) (es []*pb.Entry) {
	for i, t := range terms {
		es = append(es, &pb.Entry{Term: new(t), Index: new(after + uint64(i) + 1)})
	}
	return es
}

// settle stores what is to be stored, and returns what is to be sent.
func (m member) settle() (sent []*pb.Message) {
	for m.HasReady() {
		r := m.Ready()
		if !raft.IsEmptyHardState(r.HardState) {
			check(m.SetHardState(r.HardState))
		}
		check(m.Append(r.Entries))
		sent = append(sent, r.Messages...)
		m.Advance(r)
	}
	return sent
}

func (m member) take(x message) state {
	msg := &pb.Message{From: new(x.From), To: new(uint64(1)), Term: new(x.Term), Index: new(x.Index), LogTerm: new(x.LogTerm), Commit: new(x.Commit), Reject: new(x.Reject)}
	switch x.Type {
	case "campaign":
		check(m.Campaign())
	case "propose":
		_ = m.Propose(nil) // refused without a leader
	case "requestVote":
		msg.Type = pb.MsgVote.Enum()
		if x.Pre {
			msg.Type = pb.MsgPreVote.Enum()
		}
	case "voteReply":
		msg.Type = pb.MsgVoteResp.Enum()
		if x.Pre {
			msg.Type = pb.MsgPreVoteResp.Enum()
		}
	case "append":
		msg.Type, msg.Entries = pb.MsgApp.Enum(), entries(x.Index, x.Entries)
	case "heartbeat":
		msg.Type = pb.MsgHeartbeat.Enum()
	case "appendReply":
		msg.Type = pb.MsgAppResp.Enum()
	}
	if msg.Type != nil {
		check(m.Step(msg))
	}
	return m.state(m.settle())
}

func (m member) state(sent []*pb.Message) state {
	b := m.BasicStatus()
	role := map[raft.StateType]string{raft.StateFollower: "follower", raft.StatePreCandidate: "pre-candidate", raft.StateCandidate: "candidate", raft.StateLeader: "leader"}[b.RaftState]
	s := state{Role: role, Term: b.HardState.GetTerm(), Vote: b.HardState.GetVote(), Leader: b.Lead, Commit: b.HardState.GetCommit(), Log: []uint64{}, Sent: []message{}}
	last, err := m.LastIndex()
	check(err)
	for i := uint64(1); i <= last; i++ {
		t, err := m.storage.Term(i)
		check(err)
		s.Log = append(s.Log, t)
	}
	for _, x := range sent {
		told := message{To: x.GetTo(), Term: x.GetTerm(), Reject: x.GetReject()}
		switch x.GetType() {
		case pb.MsgVote, pb.MsgPreVote:
			told.Type, told.Pre, told.Index, told.LogTerm = "requestVote", x.GetType() == pb.MsgPreVote, x.GetIndex(), x.GetLogTerm()
		case pb.MsgVoteResp, pb.MsgPreVoteResp:
			told.Type, told.Pre = "voteReply", x.GetType() == pb.MsgPreVoteResp
		case pb.MsgAppResp:
			told.Type, told.Index, told.Hint = "appendReply", x.GetIndex(), x.GetRejectHint()
			if told.Reject {
				told.HintTerm = x.GetLogTerm()
			}
		case pb.MsgHeartbeatResp:
			told.Type = "heartbeatReply"
		default:
			continue
		}
		s.Sent = append(s.Sent, told)
	}
	sort.SliceStable(s.Sent, func(i, j int) bool { return s.Sent[i].To < s.Sent[j].To })
	return s
}

// world is what could have been: all logs begin with the committed entries, and each term has one leader with one log.
type world struct {
	committed []uint64
	first     uint64
	logs      map[uint64][]uint64
	leaders   map[uint64]uint64
}

func newWorld(r *rand.Rand, members int) world {
	w := world{first: 1, logs: map[uint64][]uint64{}, leaders: map[uint64]uint64{}}
	for i := r.Intn(4); i > 0; i-- {
		w.first += uint64(r.Intn(2))
		w.committed = append(w.committed, w.first)
	}
	for t := w.first; t < w.first+8; t++ {
		l, last := append([]uint64{}, w.committed...), w.first
		for i := r.Intn(3); i > 0 && t > w.first; i-- {
			last += uint64(r.Int63n(int64(t - last + 1)))
			if last == t {
				break
			}
			l = append(l, last)
		}
		for i := 1 + r.Intn(3); i > 0; i-- {
			l = append(l, t)
		}
		w.logs[t], w.leaders[t] = l, uint64(2+r.Intn(members-1))
	}
	return w
}

func random(r *rand.Rand) testCase {
	in := input{Members: 3 + 2*r.Intn(2), PreVote: r.Intn(3) > 0, Messages: []message{}}
	w := newWorld(r, in.Members)
	in.Term = w.first + uint64(r.Intn(3))
	in.Log = w.logs[w.first+uint64(r.Intn(int(in.Term-w.first)+1))]
	in.Log = append([]uint64{}, in.Log[:r.Intn(len(in.Log)+1)]...)
	in.Vote = uint64(r.Intn(in.Members + 1))
	in.Commit = uint64(r.Intn(min(len(in.Log), len(w.committed)) + 1))
	m, want := newMember(in), []state{}
	now := m.state(nil)
	take := func(x message) {
		in.Messages = append(in.Messages, x)
		now = m.take(x)
		want = append(want, now)
	}
	if r.Intn(2) == 0 { // it is elected first
		take(message{Type: "campaign"})
		for now.Role != "leader" {
			x := message{Type: "voteReply", Term: now.Term, Pre: now.Role == "pre-candidate"}
			if x.Pre {
				x.Term++
			}
			for role, id := now.Role, uint64(2); now.Role == role; id++ {
				x.From = id
				take(x)
			}
		}
	}
	for n := len(in.Messages) + 4 + r.Intn(8); len(in.Messages) < n; {
		if x, possible := w.message(r, in, now); possible {
			take(x)
		}
	}
	return testCase{Input: in, Want: want}
}

// message is the next one; some would break what Raft guarantees and are not possible.
func (w world) message(r *rand.Rand, in input, now state) (x message, possible bool) {
	x = message{From: uint64(2 + r.Intn(in.Members-1)), Term: now.Term + uint64(r.Intn(3))}
	if r.Intn(3) == 0 && now.Term > 1 {
		x.Term = now.Term - 1
	}
	if now.Role != "follower" && r.Intn(4) > 0 {
		x.Term = now.Term
	}
	l, known := w.logs[x.Term]
	bound := min(uint64(len(w.committed)), uint64(len(now.Log)))
	foreign := known && now.Commit <= uint64(len(w.committed)) && !(now.Role == "leader" && x.Term == now.Term)
	if now.Role == "leader" && r.Intn(2) == 0 {
		x.Type, x.Term, x.Index = "appendReply", now.Term, uint64(max(0, len(now.Log)-r.Intn(3)))
		return x, true
	}
	switch kind := r.Intn(12); {
	case kind == 0:
		return message{Type: "campaign"}, now.Role != "leader"
	case kind == 1:
		return message{Type: "propose"}, true
	case kind < 4:
		x.Type, x.Pre = "requestVote", r.Intn(2) == 0
		if last := len(now.Log); last > 0 {
			x.Index, x.LogTerm = uint64(max(0, last-1+r.Intn(3))), now.Log[last-1]+uint64(r.Intn(2))
		}
		return x, true
	case kind < 6 || now.Role != "leader" && now.Role != "follower" && kind < 9:
		x.Type, x.Pre, x.Reject = "voteReply", now.Role == "pre-candidate", r.Intn(3) == 0
		if x.Pre && !x.Reject {
			x.Term = now.Term + 1
		}
		return x, true
	case kind < 8:
		x.Type, x.From, x.Commit = "heartbeat", w.leaders[x.Term], uint64(r.Intn(int(bound)+1))
		return x, foreign
	default:
		if !foreign {
			return x, false
		}
		x.Type, x.From, x.Commit = "append", w.leaders[x.Term], uint64(r.Intn(len(w.committed)+1))
		previous := r.Intn(len(l) + 1)
		x.Index, x.Entries = uint64(previous), append([]uint64{}, l[previous:previous+r.Intn(len(l)-previous+1)]...)
		if previous > 0 {
			x.LogTerm = l[previous-1]
		}
		return x, true
	}
}

func main() {
	seed := flag.Int64("seed", 1, "seed of the random cases")
	count := flag.Int("random", 150, "random cases")
	out := flag.String("out", ".", "output directory")
	flag.Parse()
	r := rand.New(rand.NewSource(*seed))
	var lines []string
	for i := 0; i < *count; i++ {
		c := random(r)
		c.Name = fmt.Sprintf("random-%03d", i)
		lines = append(lines, encode(c))
	}
	text := fmt.Sprintf("{\"suite\": \"controlplane/raft\", \"kubernetes\": \"v1.37.2\", \"source\": %s, \"about\": %s, \"cases\": [\n%s\n]}\n",
		encode("go.etcd.io/raft/v3 v3.7.0 RawNode, with the settings of go.etcd.io/etcd/server/v3 v3.7.0 raftConfig"), encode(about), strings.Join(lines, ",\n"))
	path := filepath.Join(*out, "controlplane", "raft.json")
	check(os.MkdirAll(filepath.Dir(path), 0o755))
	check(os.WriteFile(path, []byte(text), 0o644))
}

func encode(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	check(e.Encode(v))
	return strings.TrimSpace(b.String())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
