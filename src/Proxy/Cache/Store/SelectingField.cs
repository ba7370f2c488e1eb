using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>A request field that Vary names, with its value cut into list members: lines are joined, white space around commas and empty
/// members don't count. Of the fields that rank what a client accepts members are compared by their meaning, and order doesn't count where
/// all weights and ranges differ (RFC 9111, section 4.1).</summary>
internal sealed class SelectingField : IEquatable<SelectingField>
{
    // Longer lists are compared in order, so that the work per request stays small.
    private const int UnorderedMaximum = 64;

    // The field, its array of members, and its share of the key.
    private const int ObjectBytes = 136;

    private readonly byte[][] _members;

    // The origin can get lines of this name from a client; it chooses by no others.
    private readonly bool _maySelect;
    private readonly bool _isPresent;
    private readonly bool _isUnordered;

    private SelectingField(byte[] name, byte[][] members, bool maySelect, bool isPresent)
    {
        Name = name;
        _maySelect = maySelect;
        _members = members;
        _isPresent = isPresent;
        IsRanking = Ranks(name);
        _isUnordered = IsRanking && members.Length <= UnorderedMaximum && AllDiffer(members);
    }

    public byte[] Name { get; }

    /// <summary>Bytes of the field with its name and members.</summary>
    public long AllocatedBytes =>
        ObjectBytes + StoredCost.OfArray(Name.Length) + _members.Sum(member => (long)StoredCost.OfArray(member.Length));

    private bool IsRanking { get; }

    public static SelectingField Of(byte[] name, FieldTable request)
    {
        var members = new List<byte[]>();
        var maySelect = ForwardedLines.MaySelect(name);
        var first = maySelect ? Find(request, name) : -1;
        for (var i = first; i >= 0; i = request.Find(name, i + 1))
        {
            var list = request.Value(i);
            while (Tokens.TryNext(ref list, out var member))
                members.Add(member.ToArray());
        }

        return new SelectingField(name, [.. members], maySelect, first >= 0);
    }

    /// <summary>Whether a request has the same value, or like the first has none. Nothing is allocated.</summary>
    public bool Matches(FieldTable request)
    {
        if (!_maySelect)
            return true;
        var index = Find(request, Name);
        if (index < 0)
            return !_isPresent;
        if (!_isPresent)
            return false;
        var count = 0;
        ulong seen = 0;
        for (; index >= 0; index = request.Find(Name, index + 1))
        {
            var list = request.Value(index);
            while (Tokens.TryNext(ref list, out var member))
            {
                if (count == _members.Length || !Takes(member, count, ref seen))
                    return false;
                count++;
            }
        }

        return count == _members.Length;
    }

    public bool SameAs(SelectingField other)
    {
        if (!Ascii.EqualsIgnoreCase(Name, other.Name) || _isPresent != other._isPresent || _members.Length != other._members.Length)
            return false;
        ulong seen = 0;
        for (var i = 0; i < other._members.Length; i++)
        {
            if (!Takes(other._members[i], i, ref seen))
                return false;
        }

        return true;
    }

    /// <summary>Whether both have the same bytes.</summary>
    public bool Equals(SelectingField? other)
    {
        if (other is null || _isPresent != other._isPresent || !Name.AsSpan().SequenceEqual(other.Name)
            || _members.Length != other._members.Length)
            return false;
        for (var i = 0; i < _members.Length; i++)
        {
            if (!_members[i].AsSpan().SequenceEqual(other._members[i]))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as SelectingField);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(_isPresent);
        hash.AddBytes(Name);
        foreach (var member in _members)
        {
            hash.Add(member.Length);
            hash.AddBytes(member);
        }

        return hash.ToHashCode();
    }

    /// <summary>The first line that is forwarded: none where Connection names the field, whose lines all stay here then.</summary>
    private static int Find(FieldTable request, ReadOnlySpan<byte> name)
    {
        var index = request.Find(name);
        return index >= 0 && request.IsHopByHop(index) ? -1 : index;
    }

    /// <summary>Whether a member of another list has its counterpart in this one.</summary>
    /// <param name="seen">The members that had theirs, where order doesn't count.</param>
    private bool Takes(ReadOnlySpan<byte> member, int index, ref ulong seen)
    {
        if (!_isUnordered)
            return Equal(_members[index], member);
        for (var i = 0; i < _members.Length; i++)
        {
            if ((seen & (1UL << i)) != 0 || !Equal(_members[i], member))
                continue;
            seen |= 1UL << i;
            return true;
        }

        return false;
    }

    private bool Equal(ReadOnlySpan<byte> known, ReadOnlySpan<byte> member) =>
        IsRanking ? AcceptMember.AreEqual(known, member) : known.SequenceEqual(member);

    /// <summary>Whether each member has a weight and a subject of its own. Origins break ties by order: Rails, Express and ASP.NET take the
    /// first of equals. Of two weights for one subject some take the first, some the last.</summary>
    private static bool AllDiffer(byte[][] members)
    {
        var weights = new HashSet<int>();
        var subjects = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return Array.TrueForAll(members, member => QualityValue.Of(member) is >= 0 and var weight && weights.Add(weight)
            && subjects.Add(Encoding.Latin1.GetString(AcceptMember.Subject(member))));
    }

    private static bool Ranks(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "Accept"u8) || Ascii.EqualsIgnoreCase(name, "Accept-Encoding"u8)
        || Ascii.EqualsIgnoreCase(name, "Accept-Language"u8) || Ascii.EqualsIgnoreCase(name, "Accept-Charset"u8);
}
