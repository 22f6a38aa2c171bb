package storetest

import (
	"fmt"
	"reflect"
	"time"

	"nextup"
)

// Sample is an event of the same type as e with no field left empty: strings,
// numbers and times all differ from each other, so that a field which is lost or
// mixed up on its way is noticed. The same seed gives the same event.
func Sample(e nextup.Event, seed int) nextup.Event {
	v := reflect.New(reflect.TypeOf(e)).Elem()
	n := seed * 1000
	fill(v, &n)
	return v.Interface().(nextup.Event)
}

// fill numbers every field it reaches.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 11, 22, 6, 0, *n, *n+1, time.UTC)))
		return
	case time.Duration:
		v.SetInt(int64(time.Duration(*n) * time.Millisecond))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("s%d", *n))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	default:
		panic(fmt.Sprintf("storetest: cannot fill a %s", v.Type()))
	}
}
