#!/bin/sh
# Makes the demo clips beside this script: NAME.ivf (VP8) and NAME.ogg (Opus).
# Needs ffmpeg with libvpx, libopus and drawtext. FONT may name another font file.
set -eu
cd "$(dirname "$0")"
FONT=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf}
SECONDS_LONG=4 FPS=20 SIZE=640x360

# slug, name, dark colour, light colour, tone in Hz (a pentatonic scale)
people() {
	cat <<END
asa-oberg|Åsa Öberg|0x7A1F3D|0xE8607A|262
ola-nordmann|Ola Nordmann|0x1B3A6B|0x5B8DEF|294
kari-hansen|Kari Hansen|0x0F5132|0x4CAF7A|330
ali-hassan|Ali Hassan|0x6B3E00|0xF2A33A|392
jane-okafor|Jane Okafor|0x4A1E6E|0xB07CE8|440
elif-yilmaz|Elif Yılmaz|0x00565E|0x3CC4CF|523
bjorn-aethelsen|Bjørn Æthelsen|0x5A5200|0xD6C84A|587
maija-niemela|Maija Niemelä|0x5C2410|0xE07B54|659
END
}

people | while IFS='|' read -r slug name dark light tone; do
	txt=$(mktemp)
	printf '%s' "$name" >"$txt"
	# A two-colour background that turns, a ball that bounces once per loop, the
	# name, and a bar that fills in the four seconds: a frozen picture is seen at once.
	ffmpeg -nostdin -hide_banner -loglevel error -y \
		-f lavfi -i "gradients=size=$SIZE:rate=$FPS:duration=$SECONDS_LONG:c0=$dark:c1=$light:nb_colors=2:speed=0.02:seed=7" \
		-vf "drawbox=x=0:y=ih-14:w=iw:h=14:color=black@0.35:t=fill,\
drawtext=fontfile=$FONT:text='●':fontsize=64:fontcolor=white@0.85:x='(w-tw)/2+(w/2-60)*sin(2*PI*t/$SECONDS_LONG)':y='h-100-60*abs(sin(2*PI*t/2))',\
drawtext=fontfile=$FONT:textfile=$txt:fontsize=64:fontcolor=white:borderw=3:bordercolor=black@0.55:x=(w-tw)/2:y=(h-th)/2-50,\
drawtext=fontfile=$FONT:text='|':fontsize=30:fontcolor=white:x='w*mod(t,$SECONDS_LONG)/$SECONDS_LONG':y=h-32" \
		-c:v libvpx -b:v 250k -minrate 150k -maxrate 350k -bufsize 200k -quality good -cpu-used 2 \
		-g $((FPS / 2)) -keyint_min $((FPS / 2)) -auto-alt-ref 0 -lag-in-frames 0 -error-resilient 1 \
		-pix_fmt yuv420p -map_metadata -1 -fflags +bitexact -flags:v +bitexact -f ivf "$slug.ivf"
	# The tone and its octave, swelling softly once a second; whole waves, so the loop does not click.
	ffmpeg -nostdin -hide_banner -loglevel error -y \
		-f lavfi -i "aevalsrc='(0.12*sin(2*PI*$tone*t)+0.05*sin(4*PI*$tone*t))*(0.5-0.5*cos(2*PI*t))':s=48000:d=$SECONDS_LONG" \
		-c:a libopus -b:a 24k -ac 1 -frame_duration 20 -application audio -page_duration 20000 \
		-map_metadata -1 -fflags +bitexact -flags:a +bitexact -f ogg "$slug.ogg"
	rm -f "$txt"
done
