# Godot 4: put this on a Skeleton3D with humanoid bone names (as Godot's importer makes them),
# and send to it: python main.py send-test "vmc://127.0.0.1:39539?packets=messages"
# One message a datagram keeps the parser short. Unity's frame is left-handed: mirroring x gives
# Godot's, where an imported avatar faces +z.
extends Skeleton3D

# Unity's names of the thumbs -> Godot's
const THUMBS := {
	"LeftThumbProximal": "LeftThumbMetacarpal", "LeftThumbIntermediate": "LeftThumbProximal",
	"RightThumbProximal": "RightThumbMetacarpal", "RightThumbIntermediate": "RightThumbProximal",
}

var udp := PacketPeerUDP.new()

func _ready() -> void:
	udp.bind(39539, "127.0.0.1")

func _process(_delta: float) -> void:
	while udp.get_available_packet_count() > 0:
		_apply(udp.get_packet())

func _apply(data: PackedByteArray) -> void:
	var address := _text(data, 0)
	if address != "/VMC/Ext/Bone/Pos":
		return
	var place := _after(address, 0)
	place = _after(_text(data, place), place) # the type tags, ",sfffffff"
	var name_sent := _text(data, place)
	var bone := find_bone(THUMBS.get(name_sent, name_sent))
	place = _after(name_sent, place)
	if bone < 0:
		return
	var v: Array[float] = []
	for k in 7:
		v.append(_float(data, place + 4 * k))
	# what arrives is relative to a rest without rotations; Godot's bones rest turned
	var turn := Quaternion(v[3], -v[4], -v[5], v[6])
	var rest := get_bone_rest(bone).basis.get_rotation_quaternion()
	var turned := get_bone_global_rest(bone).basis.get_rotation_quaternion()
	set_bone_pose_rotation(bone, rest * turned.inverse() * turn * turned)

func _text(data: PackedByteArray, start: int) -> String:
	return data.slice(start, data.find(0, start)).get_string_from_utf8()

func _after(text: String, start: int) -> int:
	return start + (text.to_utf8_buffer().size() / 4 + 1) * 4

func _float(data: PackedByteArray, start: int) -> float:
	var word := data.slice(start, start + 4)
	word.reverse() # OSC is big-endian
	return word.decode_float(0)
