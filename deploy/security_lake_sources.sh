#!/bin/sh
# Create the custom sources of Amazon Security Lake that destination-security-lake writes, with the AWS CLI.
#
#   deploy/security_lake_sources.sh REGION CRAWLER_ROLE_ARN ACCOUNT EXTERNAL_ID [CLASS…]
#
# REGION is that of the lake. The crawlers run with the first role, which deploy/cloudformation/security_lake.yaml makes.
# ACCOUNT may assume the provider role of each source, with the external ID. CLASS is a class of the destination's form;
# without one, those are created that it writes by default. Needs an administrator of Security Lake.
set -eu
region=$1 crawler=$2 account=$3 external_id=$4
shift 4
[ $# -gt 0 ] || set -- user_inventory group_management user_access

for class in "$@"; do
    case $class in
        user_inventory) source=iam-user-inventory ;;
        group_management) source=iam-group-mgmt ;;
        user_access) source=iam-user-access ;;
        account_change) source=iam-account-change ;;
        authentication) source=iam-authentication ;;
        api_activity) source=iam-api-activity ;;
        *) echo "There is no class $class in the form of the destination." >&2; exit 2 ;;
    esac
    aws securitylake create-custom-log-source --region "$region" --source-name "$source" \
        --event-classes "$(echo "$class" | tr '[:lower:]' '[:upper:]')" --output text \
        --query "source.[sourceName, provider.location, provider.roleArn]" \
        --configuration "{\"crawlerConfiguration\": {\"roleArn\": \"$crawler\"},
            \"providerIdentity\": {\"principal\": \"$account\", \"externalId\": \"$external_id\"}}"
done
