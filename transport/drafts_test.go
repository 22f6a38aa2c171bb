package transport

import (
	"context"
	"errors"
	"maps"
	"slices"

	"nextup"
	"nextup/store"
)

// The drafts of the office in memory.

func (o *office) Draft(_ context.Context, id nextup.SessionID) (Draft, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d, ok := o.drafts[id]
	return d, ok, nil
}

func (o *office) DraftsOf(_ context.Context, org nextup.OrganisationID) (all []Draft, _ error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(o.drafts)) {
		if d := o.drafts[id]; d.Organisation == org {
			all = append(all, d)
		}
	}
	return all, nil
}

func (o *office) SaveDraft(_ context.Context, d Draft) (Draft, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if there := o.drafts[d.Session]; there.Revision != d.Revision {
		if there.Revision > d.Revision && string(there.Form) == string(d.Form) {
			return there, nil
		}
		return there, nextup.Refuse(nextup.CodeStale)
	}
	d.Revision++
	if o.drafts == nil {
		o.drafts = map[nextup.SessionID]Draft{}
	}
	o.drafts[d.Session] = d
	return d, nil
}

func (o *office) DropDraft(_ context.Context, id nextup.SessionID, revision int) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.drafts[id].Revision == revision {
		delete(o.drafts, id)
	}
	return nil
}

// And over the real store, joined as cmd joins it.

func (s shelves) Draft(ctx context.Context, id nextup.SessionID) (Draft, bool, error) {
	d, ok, err := s.Store.Draft(ctx, id)
	return Draft(d), ok, err
}

func (s shelves) DraftsOf(ctx context.Context, o nextup.OrganisationID) (all []Draft, _ error) {
	drafts, err := s.Drafts(ctx, o)
	for _, d := range drafts {
		all = append(all, Draft(d))
	}
	return all, err
}

func (s shelves) SaveDraft(ctx context.Context, d Draft) (Draft, error) {
	kept, err := s.Store.SaveDraft(ctx, store.Draft(d))
	if errors.Is(err, store.ErrConflict) {
		err = nextup.Refuse(nextup.CodeStale)
	}
	return Draft(kept), err
}
