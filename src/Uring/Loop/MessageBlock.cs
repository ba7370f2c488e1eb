using System.Runtime.InteropServices;
using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Memory;
using static TlsProxy.Uring.Interop.TlsConstants;

namespace TlsProxy.Uring.Loop;

/// <summary>Native memory for a message header (msghdr, sendmsg(2)), its ranges and its control data. The loop lends one to each pending
/// SendMessage and ReceiveMessage.</summary>
public sealed unsafe class MessageBlock : IDisposable
{
    /// <summary>The most ranges a message may have; kTLS takes 17 page fragments a record without copying, and two ranges serve a
    /// response.</summary>
    public const int RangesMax = 8;

    private const int ControlLength = 24; // CMSG_SPACE(1): a 16-byte header and one byte, aligned to 8.
    private const int ControlMessageLength = 17; // CMSG_LEN(1).

    private Layout* _layout;

    public MessageBlock() => _layout = (Layout*)NativeMemory.AllocZeroed((nuint)sizeof(Layout));

    ~MessageBlock() => Free();

    /// <summary>The address of the msghdr.</summary>
    public nint Address => (nint)_layout;

    /// <summary>The number of ranges set.</summary>
    public int RangeCount => (int)_layout->RangeCount;

    /// <summary>Bytes of all ranges.</summary>
    internal long Length
    {
        get
        {
            var length = 0L;
            for (var i = 0; i < RangeCount; i++)
                length += Range(i).Length;
            return length;
        }
    }

    /// <summary>Leaves out bytes that were sent. The kernel has read the message and takes the rest by the next submission.</summary>
    internal void Skip(int count)
    {
        var vectors = (IoVector*)_layout->RangeBytes;
        for (var i = 0; i < RangeCount; i++)
        {
            var taken = Math.Min(count, (int)vectors[i].Length);
            vectors[i].Base += taken;
            vectors[i].Length -= (nuint)taken;
            count -= taken;
        }
    }

    /// <summary>The content type that goes out as control data, or 0.</summary>
    public byte RecordType => _layout->ControlLength == 0 ? (byte)0 : _layout->ControlData;

    public NativeSlice Range(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)RangeCount, nameof(index));
        var range = ((IoVector*)_layout->RangeBytes)[index];
        return new NativeSlice(range.Base, (int)range.Length);
    }

    /// <summary>Prepares a message to send.</summary>
    internal void SetOutgoing(ReadOnlySpan<NativeSlice> ranges, byte recordType)
    {
        SetRanges(ranges);
        if (recordType == 0)
        {
            ClearControl();
            return;
        }

        _layout->Control = (nint)(&_layout->ControlMessageLength);
        _layout->ControlLength = ControlLength;
        _layout->ControlMessageLength = ControlMessageLength;
        _layout->ControlLevel = SOL_TLS;
        _layout->ControlType = TLS_SET_RECORD_TYPE;
        _layout->ControlData = recordType;
    }

    /// <summary>Prepares a message to receive into one range, with room for the record type.</summary>
    internal void SetIncoming(NativeSlice range)
    {
        SetRanges([range]);
        _layout->Control = (nint)(&_layout->ControlMessageLength);
        _layout->ControlLength = ControlLength;
        _layout->ControlMessageLength = 0;
        _layout->ControlLevel = 0;
        _layout->ControlType = 0;
        _layout->ControlData = 0;
    }

    /// <summary>The record type the kernel delivered with a received message, or 0.</summary>
    internal byte ReceivedRecordType =>
        _layout->ControlLength >= ControlMessageLength && _layout->ControlLevel == SOL_TLS && _layout->ControlType == TLS_GET_RECORD_TYPE
            ? _layout->ControlData
            : (byte)0;

    /// <summary>Writes the record type as the kernel would; for back ends that aren't the kernel.</summary>
    public void DeliverRecordType(byte recordType)
    {
        _layout->ControlLength = ControlLength;
        _layout->ControlMessageLength = ControlMessageLength;
        _layout->ControlLevel = SOL_TLS;
        _layout->ControlType = TLS_GET_RECORD_TYPE;
        _layout->ControlData = recordType;
    }

    /// <summary>Names no memory any more; the operation has ended.</summary>
    internal void Clear() => *_layout = default;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void SetRanges(ReadOnlySpan<NativeSlice> ranges)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ranges.Length, RangesMax);
        var vectors = (IoVector*)_layout->RangeBytes;
        var count = 0;
        foreach (var range in ranges)
        {
            if (!range.IsEmpty)
                vectors[count++] = new IoVector { Base = range.Address, Length = (nuint)range.Length };
        }

        _layout->Ranges = (nint)vectors;
        _layout->RangeCount = (nuint)count;
        _layout->Flags = 0;
    }

    private void ClearControl()
    {
        _layout->Control = 0;
        _layout->ControlLength = 0;
    }

    private void Free()
    {
        NativeMemory.Free(_layout);
        _layout = null;
    }

    /// <summary>struct msghdr, followed by one control message and the ranges.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        public nint Name;
        public uint NameLength;
        public nint Ranges;
        public nuint RangeCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
        public nuint ControlMessageLength;
        public int ControlLevel;
        public int ControlType;
        public byte ControlData;
        public ulong Padding;
        public fixed byte RangeBytes[RangesMax * 16];
    }
}
