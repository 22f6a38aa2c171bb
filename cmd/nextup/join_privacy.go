package main

import (
	"context"
	"errors"

	"nextup"
	"nextup/store"
	"nextup/transport"
)

func (r rows) Accessed(ctx context.Context, a transport.Access) error {
	return r.Store.Accessed(ctx, store.Access{At: a.At, Session: a.Session, By: a.By, What: string(a.What)})
}

func (r rows) Accesses(ctx context.Context, limit int, sessions ...nextup.SessionID) ([]transport.Access, error) {
	kept, err := r.Store.Accesses(ctx, limit, sessions...)
	all := make([]transport.Access, len(kept))
	for i, a := range kept {
		all[i] = transport.Access{At: a.At, Session: a.Session, By: a.By, What: transport.Opened(a.What)}
	}
	return all, err
}

func (r rows) Notices(ctx context.Context, o nextup.OrganisationID) ([]transport.Notice, error) {
	kept, err := r.Store.Notices(ctx, o)
	all := make([]transport.Notice, len(kept))
	for i, n := range kept {
		all[i] = transport.Notice(n)
	}
	return all, err
}

func (r rows) SaveNotice(ctx context.Context, n transport.Notice, expected int) error {
	err := r.Store.SaveNotice(ctx, store.Notice(n), expected)
	if errors.Is(err, store.ErrConflict) {
		err = nextup.Refuse(nextup.CodeStale)
	}
	return err
}
