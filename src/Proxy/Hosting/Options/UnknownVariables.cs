using System.CommandLine;
using System.Text.RegularExpressions;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Variables of the environment that look like options and are none: a mistake that nothing else would show.</summary>
internal static partial class UnknownVariables
{
    /// <summary>A sentence for each.</summary>
    public static IEnumerable<string> Find(RootCommand root, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var known = root.Subcommands.SelectMany(command => command.Options).Select(ConfiguredArguments.VariableOf).ToHashSet();
        return environment
            .Where(variable => variable.Key.StartsWith(ConfiguredArguments.Prefix, StringComparison.Ordinal))
            .Where(variable => !known.Contains(variable.Key) && !IsOfKubernetes(variable.Key, variable.Value))
            .Select(variable => variable.Key)
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} is set in the environment, and there is no such option."
                + Spelling.Hint(name, known, ConfiguredArguments.Prefix));
    }

    /// <summary>Kubernetes names each Service to the containers beside it: one called tlsproxy, or tlsproxy-admin, looks like
    /// options.</summary>
    private static bool IsOfKubernetes(string name, string? value) =>
        OfService().IsMatch(name)
        || (name.EndsWith("_PORT", StringComparison.Ordinal) && value?.Contains("://", StringComparison.Ordinal) == true);

    [GeneratedRegex("^TLSPROXY_(SERVICE|PORT)(_|$)|_SERVICE_(HOST|PORT(_.+)?)$|_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$")]
    private static partial Regex OfService();
}
