package main

import (
	"context"
	"errors"
	"time"

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

func (r rows) EraseContact(ctx context.Context, id nextup.SessionID) (transport.Erased, error) {
	e, err := r.Store.EraseContact(ctx, id)
	return transport.Erased(e), err
}

func (r rows) EraseRecord(ctx context.Context, id nextup.SessionID, keep ...nextup.TextID) (transport.Erased, error) {
	e, err := r.Store.EraseRecord(ctx, id, keep...)
	return transport.Erased(e), err
}

func (r rows) EraseLogs(ctx context.Context, before, now time.Time) (transport.Erased, error) {
	e, err := r.Store.EraseLogs(ctx, before, now)
	return transport.Erased(e), err
}

func (r rows) SaveReceipt(ctx context.Context, x transport.Receipt) error {
	return r.Store.SaveReceipt(ctx, store.Receipt{At: x.At, Sessions: x.Sessions, Jobs: x.Jobs, Erased: store.Erased(x.Erased)})
}

func (r rows) Receipts(ctx context.Context, limit int) ([]transport.Receipt, error) {
	kept, err := r.Store.Receipts(ctx, limit)
	all := make([]transport.Receipt, len(kept))
	for i, x := range kept {
		all[i] = transport.Receipt{At: x.At, Sessions: x.Sessions, Jobs: x.Jobs, Erased: transport.Erased(x.Erased)}
	}
	return all, err
}
