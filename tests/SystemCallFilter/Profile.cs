using System.Text.Json;
using TlsProxy.SystemCallFilter.Interop;

namespace TlsProxy.SystemCallFilter;

/// <summary>A seccomp profile in the form that container engines take (runtime-spec, config-linux.md, Seccomp).</summary>
internal static class Profile
{
    /// <summary>Puts the calling thread, and what it becomes, under the profile for good.</summary>
    public static void Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var profile = document.RootElement;
        var standard = ActionOf(profile.GetProperty("defaultAction").GetString()!, Number(profile, "defaultErrnoRet"));
        using var filter = new Filter(standard);
        foreach (var rule in profile.GetProperty("syscalls").EnumerateArray())
        {
            var action = ActionOf(rule.GetProperty("action").GetString()!, Number(rule, "errnoRet"));
            var conditions = rule.TryGetProperty("args", out var arguments) ? arguments.EnumerateArray().Select(ConditionOf).ToArray() : [];
            foreach (var name in rule.GetProperty("names").EnumerateArray())
            {
                if (action != standard)
                    filter.Add(action, name.GetString()!, conditions);
            }
        }

        filter.Load();
    }

    private static uint ActionOf(string name, ushort error) => name switch
    {
        "SCMP_ACT_ALLOW" => Filter.Allow,
        "SCMP_ACT_ERRNO" => Filter.Fail(error),
        _ => throw new InvalidDataException($"The profile names an action that isn't known here: {name}."),
    };

    private static ushort Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetUInt16() : (ushort)1;

    private static Condition ConditionOf(JsonElement argument)
    {
        var second = argument.TryGetProperty("valueTwo", out var value) ? value.GetUInt64() : 0;
        var comparison = argument.GetProperty("op").GetString() switch
        {
            "SCMP_CMP_NE" => Comparison.NotEqual,
            "SCMP_CMP_EQ" => Comparison.Equal,
            "SCMP_CMP_MASKED_EQ" => Comparison.MaskedEqual,
            var other => throw new InvalidDataException($"The profile names a comparison that isn't known here: {other}."),
        };
        return new Condition(argument.GetProperty("index").GetUInt32(), comparison, argument.GetProperty("value").GetUInt64(), second);
    }
}
